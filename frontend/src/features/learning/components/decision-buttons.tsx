"use client";

import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useDecide, type Decision, type Proposal } from "../api/proposals";

// The server's limit on a note.
const MAX_NOTE_CHARS = 1000;

/** What can be done with a proposal as it stands. What takes something away asks for a note. */
export function DecisionButtons({ proposal, onEdit }: { proposal: Proposal; onEdit: () => void }) {
  const decide = useDecide(proposal.id);
  const [asking, setAsking] = useState<"reject" | "revert" | null>(null);
  if (proposal.status !== "draft" && proposal.status !== "approved") return null;
  const isEmpty = proposal.content.trim() === "";
  const run = (decision: Decision) => decide.mutate(decision, { onSuccess: () => setAsking(null) });
  return (
    <>
      {asking ? (
        <NoteForm kind={asking} isPending={decide.isPending} onSubmit={(note) => run({ kind: asking, note })} onCancel={() => setAsking(null)} />
      ) : (
        <div className="flex flex-wrap gap-2">
          {proposal.status === "draft" ? (
            <>
              {isEmpty ? null : (
                <Button variant="primary" disabled={decide.isPending} onClick={() => run({ kind: "approve" })}>
                  {decide.isPending ? "Approving…" : "Approve"}
                </Button>
              )}
              <Button variant={isEmpty ? "primary" : "secondary"} onClick={onEdit}>
                {isEmpty ? "Write it" : "Edit"}
              </Button>
              <Button onClick={() => setAsking("reject")}>Reject</Button>
            </>
          ) : (
            <Button onClick={() => setAsking("revert")}>Take back</Button>
          )}
        </div>
      )}
      {decide.error ? <Notice tone="error">Nothing was changed. {decide.error.message}</Notice> : null}
    </>
  );
}

interface NoteFormProps {
  kind: "reject" | "revert";
  isPending: boolean;
  onSubmit: (note: string | null) => void;
  onCancel: () => void;
}

function NoteForm({ kind, isPending, onSubmit, onCancel }: NoteFormProps) {
  const [note, setNote] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(note.trim() || null);
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
      <TextField
        label="Why, for those who look at it later (optional)"
        autoFocus
        className="min-w-60 flex-1"
        value={note}
        maxLength={MAX_NOTE_CHARS}
        onChange={(event) => setNote(event.target.value)}
      />
      <Button type="submit" disabled={isPending} className="text-loss">
        {kind === "reject" ? "Reject" : "Take back"}
      </Button>
      <Button variant="ghost" onClick={onCancel}>
        Cancel
      </Button>
    </form>
  );
}
