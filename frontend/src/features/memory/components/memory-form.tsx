"use client";

import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { SelectField, TextAreaField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Kind } from "../api/memories";
import { KINDS, MAX_CHARS } from "../memory-kinds";

export interface MemoryWords {
  content: string;
  kind: Kind;
}

interface MemoryFormProps {
  initial: MemoryWords;
  submitLabel: string;
  isPending: boolean;
  error: Error | null;
  onSubmit: (words: MemoryWords) => void;
  onCancel: () => void;
}

export function MemoryForm({ initial, submitLabel, isPending, error, onSubmit, onCancel }: MemoryFormProps) {
  const [words, setWords] = useState(initial);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit({ ...words, content: words.content.trim() });
  };
  const example = KINDS.find(({ value }) => value === words.kind)?.example;
  return (
    <form onSubmit={submit} className="flex flex-col gap-2 rounded-md border border-line p-3">
      <TextAreaField
        label="What to remember"
        required
        autoFocus
        rows={2}
        maxLength={MAX_CHARS}
        value={words.content}
        placeholder={example}
        onChange={(event) => setWords({ ...words, content: event.target.value })}
      />
      <SelectField
        label="Kind"
        className="max-w-40"
        value={words.kind}
        onChange={(event) => setWords({ ...words, kind: event.target.value as Kind })}
      >
        {KINDS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      {error ? <Notice tone="error">Not saved. {error.message}</Notice> : null}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" disabled={isPending || words.content.trim() === ""}>
          {isPending ? "Saving…" : submitLabel}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}
