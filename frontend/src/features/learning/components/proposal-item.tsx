"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";

import { Markdown } from "@/components/ui/markdown";
import { moment, plural } from "@/lib/format";
import type { Proposal } from "../api/proposals";
import { DecisionButtons } from "./decision-buttons";
import { ProofView } from "./proof-view";
import { ProposalForm } from "./proposal-form";

const KINDS: Record<Proposal["kind"], string> = {
  document: "Knowledge document",
  rule: "Rule for everybody",
  prompt: "Change of the prompt",
  tool: "Wanted tool",
};

interface ProposalItemProps {
  proposal: Proposal;
  statusLabel: string;
}

export function ProposalItem({ proposal, statusLabel }: ProposalItemProps) {
  const [isEditing, setEditing] = useState(false);
  // A decision does not close what somebody is looking at.
  const [isOpen, setOpen] = useState(proposal.status === "draft");
  return (
    <article aria-label={proposal.title} className="py-2.5 text-sm">
      <p className="text-xs text-quiet">
        {statusLabel} · {KINDS[proposal.kind]} · {proposal.topic}
      </p>
      <details className="group" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="flex list-none items-start gap-1 rounded-sm font-medium [&::-webkit-details-marker]:hidden">
          <ChevronRight aria-hidden="true" className="mt-0.5 size-3.5 shrink-0 text-quiet transition-transform group-open:rotate-90" />
          {proposal.title}
        </summary>
        <div className="mt-2 flex flex-col gap-3 pl-4.5">
          {isEditing ? (
            <ProposalForm proposal={proposal} onClose={() => setEditing(false)} />
          ) : (
            <>
              <ProposalText content={proposal.content} />
              {proposal.expects.length > 0 ? <p className="text-xs text-quiet">A good answer says: {proposal.expects.join(", ")}.</p> : null}
              <DecisionButtons proposal={proposal} onEdit={() => setEditing(true)} />
            </>
          )}
          <ProofView proposal={proposal} />
          <EvidenceList evidence={proposal.evidence} />
          <History proposal={proposal} />
        </div>
      </details>
    </article>
  );
}

function ProposalText({ content }: { content: string }) {
  if (content.trim() === "") {
    return <p className="text-quiet">It has no text yet: nobody said what a better answer is. Write it with the answers below in sight, then it can be approved.</p>;
  }
  return (
    <div className="rounded-md bg-raised p-3">
      <Markdown text={content} dense />
    </div>
  );
}

function EvidenceList({ evidence }: { evidence: Proposal["evidence"] }) {
  if (evidence.length === 0) return null;
  return (
    <details className="text-xs">
      <summary className="w-fit rounded-sm text-accent">{plural(evidence.length, "answer")} that led to it</summary>
      <ul className="mt-1 flex flex-col gap-2">
        {evidence.map((item) => (
          <li key={item.message_id} className="border-l-2 border-line pl-2">
            <p className="font-medium">{item.question}</p>
            <p className="text-quiet">{item.answer}</p>
            {[item.reason?.replaceAll("_", " "), item.comment, item.edited_text].filter(Boolean).map((said) => (
              <p key={said}>{said}</p>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}

function History({ proposal: { history, drafted_by: draftedBy } }: { proposal: Proposal }) {
  return (
    <ol aria-label="What was done" className="text-xs text-quiet">
      {history.map(({ what, at, note }) => (
        <li key={`${what} ${at}`}>
          {moment(at)}: {what}
          {what === "drafted" ? ` by ${draftedBy}` : ""}
          {note ? `, “${note}”` : ""}
        </li>
      ))}
    </ol>
  );
}
