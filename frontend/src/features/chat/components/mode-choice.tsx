"use client";

import { useId } from "react";

import { Select } from "@/components/ui/select";
import type { Mode } from "../api/conversations";

const MODES: readonly { value: Mode; label: string; hint: string }[] = [
  { value: "standard", label: "Standard", hint: "Quick answers." },
  { value: "deep", label: "Deep", hint: "A model that thinks longer." },
  { value: "research", label: "Research", hint: "More steps, for questions with many parts." },
  { value: "offline", label: "Offline", hint: "Nothing leaves this server: words come from templates." },
];

interface ModeChoiceProps {
  value: Mode;
  onChange: (mode: Mode) => void;
  failure: string | null;
}

/** How the questions that follow are answered. */
export function ModeChoice({ value, onChange, failure }: ModeChoiceProps) {
  const id = useId();
  return (
    <div className="flex items-center gap-1.5">
      {failure ? <span role="alert" className="text-loss">{failure}</span> : null}
      <label htmlFor={id}>Mode</label>
      <Select
        id={id}
        value={value}
        title={MODES.find((mode) => mode.value === value)?.hint}
        onChange={(event) => onChange(event.target.value as Mode)}
        className="h-6! border-line! px-1! text-xs!"
      >
        {MODES.map((mode) => (
          <option key={mode.value} value={mode.value} title={mode.hint}>
            {mode.label}
          </option>
        ))}
      </Select>
    </div>
  );
}
