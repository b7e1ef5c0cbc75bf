"use client";

import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { TextAreaField, TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useEditProposal, type Proposal } from "../api/proposals";

// The server's limits.
const MAX_TITLE_CHARS = 200;
const MAX_CONTENT_CHARS = 20_000;

export function ProposalForm({ proposal, onClose }: { proposal: Proposal; onClose: () => void }) {
  const edit = useEditProposal(proposal.id);
  const [title, setTitle] = useState(proposal.title);
  const [content, setContent] = useState(proposal.content);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    edit.mutate({ title: title.trim(), content }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit} aria-label="Edit the proposal" className="flex flex-col gap-2">
      <TextField label="Title" required value={title} maxLength={MAX_TITLE_CHARS} onChange={(event) => setTitle(event.target.value)} />
      <TextAreaField
        label="Text, in Markdown"
        required
        rows={12}
        value={content}
        maxLength={MAX_CONTENT_CHARS}
        onChange={(event) => setContent(event.target.value)}
      />
      {edit.error ? <Notice tone="error">Not saved. {edit.error.message}</Notice> : null}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" disabled={edit.isPending || title.trim() === "" || content.trim() === ""}>
          {edit.isPending ? "Saving…" : "Save"}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}
