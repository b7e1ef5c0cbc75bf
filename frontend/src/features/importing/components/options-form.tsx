"use client";

import { useState, type ReactNode } from "react";

import { SelectField, TextField } from "@/components/ui/field";
import { usePortfolios } from "@/lib/api/portfolios";
import type { ImportOptions, Target } from "../api/imports";

interface OptionsFormProps {
  options: ImportOptions;
  /** What the server says is wrong with them. */
  fields: Readonly<Record<string, string>>;
  suggestedName: string;
  /** The day that undated lots get; null where each has its own. */
  statedAsOf: string | null;
  onChange: (options: ImportOptions) => void;
}

export function OptionsForm({ options, fields, suggestedName, statedAsOf, onChange }: OptionsFormProps) {
  const { data: portfolios = [] } = usePortfolios();
  const { target } = options;
  const aim = (next: Target) => onChange({ ...options, target: next });
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="flex flex-col gap-2 text-sm">
        <legend className="sr-only">Which portfolios it goes into</legend>
        <Choice isChosen={target.kind === "as-named"} label="New portfolios, as the file names them" onChoose={() => aim({ kind: "as-named" })} />
        <Choice isChosen={target.kind === "new"} label="One new portfolio" onChoose={() => aim({ kind: "new", name: suggestedName })}>
          {target.kind === "new" ? <NameField name={target.name} error={fields.name} onName={(name) => aim({ kind: "new", name })} /> : null}
        </Choice>
        {portfolios.length > 0 ? (
          <Choice isChosen={target.kind === "existing"} label="A portfolio that I have" onChoose={() => aim({ kind: "existing", portfolioId: portfolios[0]?.id ?? "" })}>
            {target.kind === "existing" ? (
              <SelectField
                label="Add to"
                className="max-w-80"
                error={fields.portfolio_id}
                value={target.portfolioId}
                onChange={(event) => aim({ kind: "existing", portfolioId: event.target.value })}
              >
                {portfolios.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </SelectField>
            ) : null}
          </Choice>
        ) : null}
      </fieldset>
      {statedAsOf !== null || options.asOf !== null ? (
        <DayField day={options.asOf ?? statedAsOf ?? ""} error={fields.as_of} onDay={(asOf) => onChange({ ...options, asOf })} />
      ) : null}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  isChosen: boolean;
  onChoose: () => void;
  /** What is asked of whoever chooses this. */
  children?: ReactNode;
}

function Choice({ label, isChosen, onChoose, children }: ChoiceProps) {
  return (
    <div className="flex flex-col gap-2">
      <label className="flex items-center gap-2">
        <input type="radio" name="target" checked={isChosen} onChange={onChoose} className="size-4 accent-accent" />
        {label}
      </label>
      {children ? <div className="pl-6">{children}</div> : null}
    </div>
  );
}

/** The file is checked again when the name stands, not at every letter of it. */
function NameField({ name, error, onName }: { name: string; error: string | undefined; onName: (name: string) => void }) {
  const [draft, setDraft] = useState(name);
  const settle = () => onName(draft.trim());
  return (
    <TextField
      label="Name of the portfolio"
      className="max-w-80"
      required
      maxLength={120}
      error={error ?? (name === "" ? "Give it a name." : null)}
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={settle}
      onKeyDown={(event) => event.key === "Enter" && settle()}
    />
  );
}

function DayField({ day, error, onDay }: { day: string; error: string | undefined; onDay: (day: string | null) => void }) {
  const [draft, setDraft] = useState(day);
  return (
    <TextField
      label="Day of what the file gives no date for"
      type="date"
      className="max-w-64"
      error={error}
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => onDay(draft === "" ? null : draft)}
      onKeyDown={(event) => event.key === "Enter" && onDay(draft === "" ? null : draft)}
    />
  );
}
