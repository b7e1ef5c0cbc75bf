"use client";

import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { SelectField, TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useMakeToken, type MadeToken } from "../api/tokens";

const MAX_CHARS = 80;
const SPANS = [
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "One year" },
];

interface TokenFormProps {
  onMade: (token: MadeToken) => void;
  onCancel: () => void;
}

export function TokenForm({ onMade, onCancel }: TokenFormProps) {
  const [name, setName] = useState("");
  const [days, setDays] = useState(90);
  const make = useMakeToken();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name: name.trim(), days }, { onSuccess: onMade });
  };
  return (
    <form onSubmit={submit} aria-label="New token" className="flex flex-col gap-2 rounded-md border border-line p-3">
      <TextField
        label="Which assistant it is for, and where"
        required
        autoFocus
        autoComplete="off"
        maxLength={MAX_CHARS}
        placeholder="Claude on my laptop"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <SelectField label="Holds for" className="max-w-40" value={days} onChange={(event) => setDays(Number(event.target.value))}>
        {SPANS.map((span) => (
          <option key={span.days} value={span.days}>
            {span.label}
          </option>
        ))}
      </SelectField>
      {make.error ? <Notice tone="error">Not made. {make.error.message}</Notice> : null}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" disabled={make.isPending || name.trim() === ""}>
          {make.isPending ? "Making…" : "Make the token"}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}
