"use client";

import { Plus, X } from "lucide-react";
import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useCustomStress, useSectors } from "../api/risk";
import { customStress, type ShockRow } from "../custom-shocks";
import { ShockFields } from "./shock-fields";
import { StressDetail } from "./stress-detail";
import { StressTable } from "./stress-table";

// More rows than this are no scenario that a person has in mind.
const MAX_ROWS = 12;
const FIRST_ROW: ShockRow = { kind: "factors", target: "market", size: "-10" };

/** Shocks of the person's own, and what they would do. */
export function CustomStress({ portfolioId, symbols }: { portfolioId: string; symbols: string[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="mt-3 border-t border-line pt-3">
      {isOpen ? (
        <StressForm portfolioId={portfolioId} symbols={symbols} onClose={() => setOpen(false)} />
      ) : (
        <Button onClick={() => setOpen(true)}>
          <Plus aria-hidden="true" className="size-3.5" /> A scenario of your own
        </Button>
      )}
    </div>
  );
}

interface StressFormProps {
  portfolioId: string;
  symbols: string[];
  onClose: () => void;
}

function StressForm({ portfolioId, symbols, onClose }: StressFormProps) {
  const [rows, setRows] = useState<ShockRow[]>([FIRST_ROW]);
  const [problem, setProblem] = useState<string | null>(null);
  const { data: sectors = [] } = useSectors(portfolioId);
  const stress = useCustomStress(portfolioId);
  const change = (place: number, row: ShockRow) => setRows(rows.map((other, index) => (index === place ? row : other)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = customStress(rows);
    setProblem("problem" in wanted ? wanted.problem : null);
    if ("body" in wanted) stress.mutate(wanted.body);
  };
  return (
    <form onSubmit={submit} aria-label="A scenario of your own" className="flex flex-col gap-2">
      <h3 className="text-xs font-semibold">A scenario of your own</h3>
      {rows.map((row, index) => (
        <div key={index} className="flex flex-wrap items-end gap-2">
          <ShockFields row={row} place={index + 1} sectors={sectors} symbols={symbols} onChange={(changed) => change(index, changed)} />
          {rows.length > 1 ? (
            <Button variant="ghost" icon aria-label={`Remove shock ${index + 1}`} onClick={() => setRows(rows.filter((_, place) => place !== index))}>
              <X aria-hidden="true" className="size-4" />
            </Button>
          ) : null}
        </div>
      ))}
      {problem ? <Notice tone="error">{problem}</Notice> : null}
      {stress.error ? <Notice tone="error">The scenario could not be run. {stress.error.message}</Notice> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" disabled={stress.isPending}>
          {stress.isPending ? "Running…" : "Run"}
        </Button>
        <Button disabled={rows.length >= MAX_ROWS} onClick={() => setRows([...rows, { ...FIRST_ROW, target: "" }])}>
          Add a shock
        </Button>
        <Button variant="ghost" onClick={onClose}>
          Close
        </Button>
      </div>
      <div role="status">{stress.data ? <Outcome stressTest={stress.data} /> : null}</div>
    </form>
  );
}

function Outcome({ stressTest }: { stressTest: NonNullable<ReturnType<typeof useCustomStress>["data"]> }) {
  const [result] = stressTest.scenarios;
  if (!result) return null;
  return (
    <>
      <StressTable label="Your scenario" scenarios={[result]} currency={stressTest.base_currency} />
      <StressDetail scenario={result} currency={stressTest.base_currency} />
    </>
  );
}
