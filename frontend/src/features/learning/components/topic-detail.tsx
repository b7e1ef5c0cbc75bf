"use client";

import { ThumbsDown, ThumbsUp } from "lucide-react";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { percent, plural } from "@/lib/format";
import { toolName } from "@/lib/tool-name";
import type { Topic } from "../api/learning";
import { useDraftProposals } from "../api/proposals";

/** What a topic's people asked and said, which tools its answers used, and what would help it. */
export function TopicDetail({ reportId, topic }: { reportId: string; topic: Topic }) {
  return (
    <div className="flex flex-col gap-3 py-1 text-sm">
      <p className="text-xs text-quiet">{topic.terms.join(" · ")}</p>
      <Examples examples={topic.examples} />
      <Reasons reasons={topic.reasons} />
      <Tools topic={topic} />
      <DraftButton reportId={reportId} topic={topic} />
    </div>
  );
}

function Examples({ examples }: { examples: Topic["examples"] }) {
  return (
    <ul aria-label="Questions of this topic" className="flex flex-col gap-1">
      {examples.map(({ message_id: id, question, rating, reason }) => (
        <li key={id} className="flex items-start gap-2">
          <Rating rating={rating} />
          <span className="min-w-0 wrap-anywhere">
            {question}
            {reason ? <span className="text-xs text-quiet"> ({reason.replaceAll("_", " ")})</span> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Rating({ rating }: { rating: "up" | "down" | null }) {
  if (rating === "up") return <ThumbsUp aria-label="Thumb up" className="mt-0.5 size-3.5 shrink-0 text-gain" />;
  if (rating === "down") return <ThumbsDown aria-label="Thumb down" className="mt-0.5 size-3.5 shrink-0 text-loss" />;
  return <span aria-label="Not rated" role="img" className="mt-2 mr-1 ml-1 size-1.5 shrink-0 rounded-full bg-line" />;
}

function Reasons({ reasons }: { reasons: Topic["reasons"] }) {
  const given = Object.entries(reasons);
  if (given.length === 0) return null;
  return <p className="text-xs text-quiet">Reasons given: {given.map(([reason, count]) => `${reason.replaceAll("_", " ")} (${count})`).join(", ")}</p>;
}

function Tools({ topic: { tools, missing_tools: missing } }: { topic: Topic }) {
  return (
    <div className="text-xs text-quiet">
      {tools.length > 0 ? <p>Tools: {tools.map(({ name, calls, failed }) => `${toolName(name)} ${calls}${failed > 0 ? ` (${failed} failed)` : ""}`).join(", ")}</p> : null}
      {missing.map(({ name, used, without }) => (
        <p key={name}>
          {toolName(name)}: {used.value === null ? "some" : percent(used.value, { digits: 0 })} of the answers used it, {plural(without, "answer")} did not.
        </p>
      ))}
    </div>
  );
}

function DraftButton({ reportId, topic }: { reportId: string; topic: Topic }) {
  const draft = useDraftProposals(reportId, topic.number);
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button disabled={draft.isPending} onClick={() => draft.mutate()}>
        {draft.isPending ? "Drafting…" : "Draft what would help"}
      </Button>
      {draft.data ? (
        <p role="status" className="text-xs text-quiet">
          {plural(draft.data.items.length, "proposal")} below, for you to judge.
        </p>
      ) : null}
      {draft.error ? <Notice tone="error">Nothing was drafted. {draft.error.message}</Notice> : null}
    </div>
  );
}
