"use client";

import { Pencil } from "lucide-react";
import { useState, type FormEvent, type KeyboardEvent } from "react";

import { Button } from "@/components/ui/button";
import { MAX_QUESTION_CHARS } from "../question-limit";

interface QuestionViewProps {
  text: string;
  /** Ask something else in its place; null where that cannot be. */
  onEdit: ((text: string) => void) | null;
}

export function QuestionView({ text, onEdit }: QuestionViewProps) {
  const [isEditing, setEditing] = useState(false);
  if (isEditing && onEdit) {
    return <QuestionForm text={text} onAsk={(edited) => (setEditing(false), onEdit(edited))} onCancel={() => setEditing(false)} />;
  }
  return (
    <div className="ml-auto flex w-fit max-w-[85%] items-end gap-1">
      {onEdit ? (
        <Button variant="ghost" icon aria-label="Edit the question" title="Edit the question" onClick={() => setEditing(true)} className="h-7 w-7! text-quiet">
          <Pencil aria-hidden="true" className="size-3.5" />
        </Button>
      ) : null}
      <div className="min-w-0 rounded-lg bg-accent-soft px-3 py-2 text-[0.95rem] wrap-anywhere whitespace-pre-wrap">
        <span className="sr-only">You asked: </span>
        {text}
      </div>
    </div>
  );
}

interface QuestionFormProps {
  text: string;
  onAsk: (text: string) => void;
  onCancel: () => void;
}

function QuestionForm({ text, onAsk, onCancel }: QuestionFormProps) {
  const [edited, setEdited] = useState(text);
  const canAsk = edited.trim() !== "";
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (canAsk) onAsk(edited.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2 rounded-lg border border-line p-2">
      <textarea
        autoFocus
        data-keeps-escape
        aria-label="Edit the question"
        value={edited}
        maxLength={MAX_QUESTION_CHARS}
        rows={2}
        onChange={(event) => setEdited(event.target.value)}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-60 w-full resize-y rounded-md border border-control bg-surface px-2 py-1.5 text-[0.95rem]"
      />
      <div className="flex flex-wrap items-center justify-end gap-2 text-xs text-quiet">
        <span className="flex-1">The answer below is replaced.</span>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={!canAsk}>
          Ask
        </Button>
      </div>
    </form>
  );
}
