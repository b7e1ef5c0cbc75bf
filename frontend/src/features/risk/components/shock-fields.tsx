import { SelectField, TextField } from "@/components/ui/field";
import { TARGETLESS, type ShockKind, type ShockRow } from "../custom-shocks";
import { FACTORS, factorName } from "../factor-names";

const KINDS: readonly { value: ShockKind; label: string }[] = [
  { value: "factors", label: "Factor" },
  { value: "sectors", label: "Sector" },
  { value: "symbols", label: "Holding" },
  { value: "volatility", label: "Implied volatility of options" },
  { value: "liquidation_cost", label: "Cost of selling everything" },
];

interface ShockFieldsProps {
  row: ShockRow;
  /** Which shock it is, from 1, to tell the fields of several apart. */
  place: number;
  sectors: string[];
  symbols: string[];
  onChange: (row: ShockRow) => void;
}

export function ShockFields({ row, place, sectors, symbols, onChange }: ShockFieldsProps) {
  const targets = targetsOf(row.kind, sectors, symbols);
  return (
    <>
      <SelectField
        label={`Shock ${place} on`}
        className="w-40"
        value={row.kind}
        onChange={(event) => onChange({ ...row, kind: event.target.value as ShockKind, target: "" })}
      >
        {KINDS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      {TARGETLESS.has(row.kind) ? null : (
        <SelectField label="Which" className="w-44" value={row.target} onChange={(event) => onChange({ ...row, target: event.target.value })}>
          <option value="">Choose…</option>
          {targets.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
      )}
      <TextField
        label="Size in %"
        className="w-24"
        inputMode="text"
        value={row.size}
        onChange={(event) => onChange({ ...row, size: event.target.value })}
      />
    </>
  );
}

function targetsOf(kind: ShockKind, sectors: string[], symbols: string[]): { value: string; label: string }[] {
  const plain = (value: string) => ({ value, label: value });
  switch (kind) {
    case "factors":
      return FACTORS.map((factor) => ({ value: factor, label: factorName(factor) }));
    case "sectors":
      return sectors.map(plain);
    case "symbols":
      return symbols.map(plain);
    default:
      return [];
  }
}
