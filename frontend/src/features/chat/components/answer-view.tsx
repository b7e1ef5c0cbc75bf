"use client";

import { useMemo } from "react";

import type { Citation } from "@/components/answer/answer-marks";
import { AnswerText } from "@/components/answer/answer-text";
import { CitationList } from "@/components/answer/citation-list";
import { Notice } from "@/components/ui/notice";
import { toolName } from "@/lib/tool-name";
import { answerBlocks } from "../answer-blocks";
import type { Answer, Message } from "../stream/reducer";
import { isActive, type LiveTurn } from "../stream/store";
import { AnswerFooter } from "./answer-footer";
import { ToolSteps } from "./tool-steps";
import { WorkingLine } from "./working-line";

interface AnswerViewProps {
  answer: Answer;
  /** The answer as it is stored; null while it is not. */
  message: Message | null;
  /** The turn that this answer comes from while, and just after, it streams. */
  live: LiveTurn | null;
  /** What was asked, for asking again. */
  question: string | null;
  onAsk: (text: string) => void;
  onRetry: () => void;
  /** Have it written once more; null where that cannot be. */
  onRegenerate: (() => void) | null;
  onOpenCitation: (citation: Citation) => void;
}

export function AnswerView({ answer, message, live, question, onAsk, onRetry, onRegenerate, onOpenCitation }: AnswerViewProps) {
  const isRunning = isActive(live ?? undefined);
  return (
    <article aria-label="Answer" aria-busy={isRunning}>
      <AnswerBody answer={answer} isRunning={isRunning} onOpenCitation={onOpenCitation} />
      {isRunning && live ? <WorkingLine label={activity(answer, live)} /> : null}
      {live?.failure ? (
        <Notice tone="error" className="mt-3" onRetry={onRetry}>
          {live.failure}
        </Notice>
      ) : null}
      <TurnError answer={answer} question={question} onAsk={onAsk} />
      {isRunning ? null : (
        <>
          <CitationList citations={answer.citations} onOpen={onOpenCitation} />
          <AnswerFooter answer={answer} message={message} onRegenerate={onRegenerate} />
        </>
      )}
    </article>
  );
}

interface AnswerBodyProps {
  answer: Answer;
  isRunning: boolean;
  onOpenCitation: (citation: Citation) => void;
}

function AnswerBody({ answer, isRunning, onOpenCitation }: AnswerBodyProps) {
  // Text that broke off may have opened an emphasis or a table that it never closed.
  const isUnfinished = isRunning || (answer.finish_reason !== null && answer.finish_reason !== "stop");
  const provenance = useMemo(
    () => ({ figures: answer.grounding?.figures ?? [], citations: answer.citations }),
    [answer.grounding, answer.citations],
  );
  const blocks = answerBlocks(answer.parts);
  return blocks.map((block, index) =>
    block.kind === "text" ? (
      <AnswerText
        key={index}
        text={block.text}
        offset={block.offset}
        streaming={isUnfinished && index === blocks.length - 1}
        provenance={provenance}
        onOpenCitation={onOpenCitation}
      />
    ) : (
      <ToolSteps key={index} tools={block.tools} isRunning={isRunning} />
    ),
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

/** What the analyst is doing, in a few words. */
export function activity(answer: Answer, live: LiveTurn): string {
  if (live.connection === "reconnecting") return "Connection lost, reconnecting";
  if (live.stopRequested) return "Stopping";
  const last = answer.parts.at(-1);
  const open = answer.parts.filter((part) => part.type === "tool" && typeof part.duration_ms !== "number");
  const tool = open[0];
  if (tool?.type === "tool") return open.length > 1 ? `Running ${open.length} steps` : `Running ${toolName(tool.tool_name)}`;
  return last?.type === "text" ? "Writing" : "Thinking";
}
