"use client";

import { useId, useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { FeedbackIn, FeedbackOut } from "./feedback";

type Reason = NonNullable<FeedbackIn["reason"]>;

const REASONS: readonly { value: Reason; label: string }[] = [
  { value: "wrong_figure", label: "A figure is wrong" },
  { value: "not_answered", label: "Did not answer" },
  { value: "missing", label: "Something is missing" },
  { value: "wrong_portfolio", label: "Wrong portfolio" },
  { value: "unclear", label: "Unclear" },
  { value: "too_long", label: "Too long" },
  { value: "other", label: "Something else" },
];

// The server's limits.
const MAX_COMMENT_CHARS = 2000;
const MAX_EDITED_CHARS = 20_000;

interface FeedbackFormProps {
  noun: string;
  feedback: FeedbackOut;
  text: string;
  onGive: (given: FeedbackIn) => Promise<unknown>;
  onClose: () => void;
}

export function FeedbackForm({ noun, feedback, text, onGive, onClose }: FeedbackFormProps) {
  const [reason, setReason] = useState<Reason | null>(feedback.reason);
  const [comment, setComment] = useState(feedback.comment ?? "");
  const [edited, setEdited] = useState(feedback.edited_text);
  const [state, setState] = useState<"idle" | "saving" | { failure: string }>("idle");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setState("saving");
    try {
      await onGive({ rating: feedback.rating, reason, comment: filled(comment), edited_text: edited === text ? null : filled(edited ?? "") });
      onClose();
    } catch (error) {
      setState({ failure: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} aria-label={`Feedback on this ${noun}`} className="order-last mt-1 flex w-full flex-col gap-3 rounded-md border border-line p-3 text-sm text-text">
      {feedback.rating === "down" ? <ReasonChoice value={reason} onChange={setReason} /> : null}
      <TextField label="Comment" value={comment} onChange={setComment} maxLength={MAX_COMMENT_CHARS} rows={2} />
      {edited === null ? (
        <Button variant="ghost" onClick={() => setEdited(text)} className="-ml-2 w-fit px-2 text-accent">
          Write a better {noun}
        </Button>
      ) : (
        <TextField label={`A better ${noun}`} value={edited} onChange={setEdited} maxLength={MAX_EDITED_CHARS} rows={8} />
      )}
      {typeof state === "object" ? <Notice tone="error">Not saved. {state.failure}</Notice> : null}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" disabled={state === "saving"}>
          {state === "saving" ? "Saving…" : "Save"}
        </Button>
        <Button onClick={onClose}>Close</Button>
      </div>
    </form>
  );
}

function ReasonChoice({ value, onChange }: { value: Reason | null; onChange: (reason: Reason | null) => void }) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-xs text-quiet">What was wrong?</legend>
      <div className="flex flex-wrap gap-1.5">
        {REASONS.map((reason) => (
          <button
            key={reason.value}
            type="button"
            aria-pressed={value === reason.value}
            onClick={() => onChange(value === reason.value ? null : reason.value)}
            className="h-7 rounded-full border border-control px-2.5 text-xs hover:bg-raised aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent"
          >
            {reason.label}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  maxLength: number;
  rows: number;
}

function TextField({ label, value, onChange, maxLength, rows }: TextFieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs text-quiet">
        {label}
      </label>
      <textarea
        id={id}
        value={value}
        rows={rows}
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
        className="resize-y rounded-md border border-control bg-surface px-2 py-1.5"
      />
    </div>
  );
}

function filled(text: string): string | null {
  return text.trim() || null;
}
