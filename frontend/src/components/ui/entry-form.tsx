"use client";

import { X } from "lucide-react";
import { useState, type ComponentProps, type FormEvent, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Sheet } from "@/components/ui/sheet";
import { fieldsOf } from "@/lib/api/errors";

interface EntryFormProps {
  submitLabel: string;
  isPending: boolean;
  error: Error | null;
  onSubmit: (form: FormData) => void;
  onCancel?: () => void;
  children: ReactNode;
}

/** A form whose fields are named as the API names them, so that what it says of a field can stand at it. */
export function EntryForm({ submitLabel, isPending, error, onSubmit, onCancel, children }: EntryFormProps) {
  const [names, setNames] = useState<string[]>([]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setNames([...form.keys()]);
    if (!isPending) onSubmit(form);
  };
  const elsewhere = error !== null && !Object.keys(fieldsOf(error)).some((name) => names.includes(name));
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {children}
      {elsewhere ? <Notice tone="error">Not saved. {error.message}</Notice> : null}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" aria-disabled={isPending}>
          {isPending ? "Saving…" : submitLabel}
        </Button>
        {onCancel ? <Button onClick={onCancel}>Cancel</Button> : null}
      </div>
    </form>
  );
}

interface EntryFieldProps extends Omit<ComponentProps<typeof TextField>, "error"> {
  name: string;
  /** The last failure of the form; what it says of this field stands here. */
  failure: Error | null;
}

export function EntryField({ failure, ...field }: EntryFieldProps) {
  return <TextField error={fieldsOf(failure)[field.name] ?? null} step={field.type === "number" ? "any" : undefined} {...field} />;
}

interface EntrySheetProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

export function EntrySheet({ title, onClose, children }: EntrySheetProps) {
  return (
    <Sheet title={title} open onClose={onClose}>
      <header className="flex items-center justify-between gap-3 border-b border-line px-4 py-3">
        <p aria-hidden="true" className="min-w-0 truncate font-semibold">
          {title}
        </p>
        <Button variant="ghost" icon aria-label="Close" onClick={onClose}>
          <X aria-hidden="true" className="size-4" />
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
    </Sheet>
  );
}
