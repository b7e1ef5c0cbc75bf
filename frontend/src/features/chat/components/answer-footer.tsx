"use client";

import { RefreshCw } from "lucide-react";

import { Feedback } from "@/components/answer/feedback";
import { GroundingLine } from "@/components/answer/grounding-line";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Tip } from "@/components/ui/tip";
import { money, quantity } from "@/lib/format";
import { useFeedback } from "../api/feedback";
import type { Answer, Message } from "../stream/reducer";

/** How an answer ended, where it did not simply come to its end. */
const ENDINGS: Record<NonNullable<Answer["finish_reason"]>, string | null> = {
  stop: null,
  error: null,
  stopped: "Stopped before the end.",
  length: "Cut off at the length limit.",
  tool_limit: "Answered with what was known when the limit of steps was reached.",
  refused: "The model declined to answer.",
};

interface AnswerFooterProps {
  answer: Answer;
  message: Message | null;
  onRegenerate: (() => void) | null;
}

export function AnswerFooter({ answer, message, onRegenerate }: AnswerFooterProps) {
  const ending = answer.finish_reason ? ENDINGS[answer.finish_reason] : null;
  if (answer.finish_reason === null && answer.content === "") return null;
  return (
    <footer className="mt-2 flex flex-wrap items-center gap-x-1 gap-y-1 text-xs text-quiet">
      {answer.content ? <CopyButton text={answer.content} label="Copy the answer" /> : null}
      {onRegenerate ? (
        <Button variant="ghost" icon aria-label="Answer again" title="Answer again" onClick={onRegenerate} className="h-7 w-7!">
          <RefreshCw aria-hidden="true" className="size-3.5" />
        </Button>
      ) : null}
      {message && answer.content ? <MessageFeedback message={message} /> : null}
      <div className="ml-1 flex flex-wrap items-center gap-x-3 gap-y-1">
        {ending ? <span className="text-warn">{ending}</span> : null}
        <GroundingLine grounding={answer.grounding} />
        <Remembered memories={answer.memories} />
        <AnsweredBy answer={answer} />
        {answer.usage && answer.usage.input_tokens > 0 ? <span>{usageLine(answer.usage)}</span> : null}
      </div>
    </footer>
  );
}

function MessageFeedback({ message }: { message: Message }) {
  const { give, withdraw } = useFeedback(message);
  return <Feedback noun="answer" feedback={message.feedback ?? null} text={message.content} onGive={give} onWithdraw={withdraw} />;
}

function Remembered({ memories }: Pick<Answer, "memories">) {
  if (memories.length === 0) return null;
  return <Tip text={memories.map(({ content }) => <span key={content} className="block">{content}</span>)}>With what is remembered</Tip>;
}

function AnsweredBy({ answer: { model, attempts } }: { answer: Answer }) {
  if (!model) return null;
  const failed = attempts.slice(0, -1);
  if (failed.length === 0) return <span>{model}</span>;
  const tried = failed.map((attempt) => `${attempt.model}: ${attempt.outcome.replaceAll("_", " ")}`).join("; ");
  return <Tip text={`Tried before: ${tried}.`}>{model}</Tip>;
}

function usageLine({ input_tokens, output_tokens, cost_usd }: NonNullable<Answer["usage"]>): string {
  const tokens = `${quantity(input_tokens + output_tokens)} tokens`;
  return cost_usd === null || cost_usd === undefined ? tokens : `${tokens} · ${money(cost_usd, "USD", { exact: true })}`;
}
