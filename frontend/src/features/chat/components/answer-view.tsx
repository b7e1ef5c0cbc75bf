"use client";

import { CopyButton } from "@/components/ui/copy-button";
import { Markdown } from "@/components/ui/markdown";
import { Notice } from "@/components/ui/notice";
import { money, quantity } from "@/lib/format";
import { answerBlocks, toolLabel } from "../answer-blocks";
import type { Answer } from "../stream/reducer";
import { isActive, type LiveTurn } from "../stream/store";
import { WorkingLine } from "./working-line";
import { ToolSteps } from "./tool-steps";

interface AnswerViewProps {
  answer: Answer;
  /** The turn that this answer comes from while, and just after, it streams. */
  live: LiveTurn | null;
  /** What was asked, for asking again. */
  question: string | null;
  onAsk: (text: string) => void;
  onRetry: () => void;
}

export function AnswerView({ answer, live, question, onAsk, onRetry }: AnswerViewProps) {
  const isRunning = isActive(live ?? undefined);
  // Text that broke off may have opened an emphasis or a table that it never closed.
  const isUnfinished = isRunning || (answer.finish_reason !== null && answer.finish_reason !== "stop");
  const blocks = answerBlocks(answer.parts);
  return (
    <article aria-label="Answer" aria-busy={isRunning}>
      {blocks.map((block, index) =>
        block.kind === "text" ? (
          <Markdown key={index} text={block.text} streaming={isUnfinished && index === blocks.length - 1} />
        ) : (
          <ToolSteps key={index} tools={block.tools} isRunning={isRunning} />
        ),
      )}
      {isRunning && live ? <WorkingLine label={activity(answer, live)} /> : null}
      {live?.failure ? (
        <Notice tone="error" className="mt-3" onRetry={onRetry}>
          {live.failure}
        </Notice>
      ) : null}
      <TurnError answer={answer} question={question} onAsk={onAsk} />
      {isRunning ? null : <AnswerFooter answer={answer} />}
    </article>
  );
}

function TurnError({ answer, question, onAsk }: Pick<AnswerViewProps, "answer" | "question" | "onAsk">) {
  if (!answer.error) return null;
  const retry = answer.error.retryable && question !== null ? { onRetry: () => onAsk(question), retryLabel: "Ask again" } : {};
  return (
    <Notice tone="error" className="mt-3" {...retry}>
      {answer.error.message}
    </Notice>
  );
}

/** How an answer ended, where it did not simply come to its end. */
const ENDINGS: Record<NonNullable<Answer["finish_reason"]>, string | null> = {
  stop: null,
  error: null,
  stopped: "Stopped before the end.",
  length: "Cut off at the length limit.",
  tool_limit: "Answered with what was known when the limit of steps was reached.",
  refused: "The model declined to answer.",
};

function AnswerFooter({ answer }: { answer: Answer }) {
  const ending = answer.finish_reason ? ENDINGS[answer.finish_reason] : null;
  if (answer.finish_reason === null && answer.content === "") return null;
  return (
    <footer className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-quiet">
      {answer.content ? <CopyButton text={answer.content} label="Copy the answer" /> : null}
      {ending ? <span className="text-warn">{ending}</span> : null}
      {answer.model ? <span>{answer.model}</span> : null}
      {answer.usage && answer.usage.input_tokens > 0 ? <span>{usageLine(answer.usage)}</span> : null}
    </footer>
  );
}

function usageLine({ input_tokens, output_tokens, cost_usd }: NonNullable<Answer["usage"]>): string {
  const tokens = `${quantity(input_tokens + output_tokens)} tokens`;
  return cost_usd === null || cost_usd === undefined ? tokens : `${tokens} · ${money(cost_usd, "USD", { exact: true })}`;
}

/** What the analyst is doing, in a few words. */
export function activity(answer: Answer, live: LiveTurn): string {
  if (live.connection === "reconnecting") return "Connection lost, reconnecting";
  if (live.stopRequested) return "Stopping";
  const last = answer.parts.at(-1);
  const open = answer.parts.filter((part) => part.type === "tool" && typeof part.duration_ms !== "number");
  const tool = open[0];
  if (tool?.type === "tool") return open.length > 1 ? `Running ${open.length} steps` : `Running ${toolLabel(tool.tool_name)}`;
  return last?.type === "text" ? "Writing" : "Thinking";
}
