import { decimal } from "@/lib/format";
import type { Finding } from "../api/insights";
import { spoken } from "../insight-types";

/** The figures that a finding fired on, with the threshold that they passed. */
export function Evidence({ evidence }: { evidence: Finding["evidence"] }) {
  const known = Object.entries(evidence).filter(([, value]) => value !== null);
  return (
    <dl className="tabular mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-quiet">
      {known.map(([name, value]) => (
        <div key={name} className="flex gap-1">
          <dt>{spoken(name)}</dt>
          <dd className="text-text">{shown(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Evidence is a machine's: fractions and plain names, as they were compared. */
function shown(value: unknown): string {
  if (typeof value === "number") return decimal(value, Number.isInteger(value) ? 0 : 3);
  return Array.isArray(value) ? value.join(", ") : String(value);
}
