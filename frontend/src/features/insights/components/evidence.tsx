import { Tip } from "@/components/ui/tip";
import { day, decimal, percent } from "@/lib/format";
import type { Finding } from "../api/insights";
import { spoken } from "../insight-types";

const LIMIT = "threshold";

interface EvidenceProps {
  finding: Finding;
  /** The day of the newest price that the figures were worked out from. */
  asOf: string | null;
}

/** The figures that a finding fired on, with the threshold that they passed: each with its unit, and where it is from. */
export function Evidence({ finding: { code, evidence }, asOf }: EvidenceProps) {
  const figures = Object.entries(evidence).filter(([name, value]) => name !== LIMIT && value !== null);
  const known = LIMIT in evidence ? [...figures, [LIMIT, evidence[LIMIT]] as const] : figures;
  const until = asOf ? ` with prices up to ${day(asOf)}` : "";
  return (
    <dl className="tabular mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-quiet">
      {known.map(([name, value]) => (
        <div key={name} className="flex min-w-0 flex-wrap gap-x-1">
          <dt>{label(name)}</dt>
          <dd className="min-w-0 text-text">
            {typeof value === "number" ? (
              <Tip text={name === LIMIT ? "The finding is made from this value on. It is fixed." : `Worked out from this portfolio${until}.`}>
                {figure(unitOf(code, name), value)}
              </Tip>
            ) : (
              said(value)
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

type Unit = "percent" | "signed" | "times" | "number";

// How the detectors state them: fractions are shown as per cents, and multiples as such.
const UNITS: Readonly<Record<string, Unit>> = {
  average_correlation: "number",
  behind: "percent",
  benchmark_return: "signed",
  beta: "number",
  beta_90d: "number",
  beta_252d: "number",
  cash_share: "percent",
  confidence: "percent",
  contribution: "signed",
  correlation: "number",
  current_drawdown: "percent",
  day_return: "signed",
  effect_of_nav: "signed",
  effective_positions: "number",
  effectiveness: "percent",
  gross_leverage: "times",
  gross_weight: "percent",
  loss: "percent",
  max_drawdown: "percent",
  month_return: "signed",
  portfolio_return: "signed",
  ratio: "times",
  recent: "signed",
  rise: "percent",
  share_of_gross: "percent",
  share_of_risk: "percent",
  short_share: "percent",
  standard_error: "number",
  t_statistic: "number",
  value_at_risk: "percent",
  volatility_21d: "percent",
  volatility_252d: "percent",
  weight: "percent",
};

// A threshold has no unit by its name: that of the figure which is held against it.
const LIMIT_UNITS: Readonly<Record<string, Unit>> = {
  beta_drift: "number",
  correlation_cluster: "number",
  factor_tilt: "number",
  high_beta: "number",
  leverage: "times",
  volatility_regime: "times",
};

function unitOf(code: string, name: string): Unit {
  return name === LIMIT ? (LIMIT_UNITS[code] ?? "percent") : (UNITS[name] ?? "number");
}

function figure(unit: Unit, value: number): string {
  switch (unit) {
    case "percent":
      return percent(value, { digits: 1 });
    case "signed":
      return percent(value, { digits: 1, signed: true });
    case "times":
      return `${decimal(value)}×`;
    case "number":
      return decimal(value);
  }
}

/** `volatility_21d` as it stands before its figure: "volatility, 21 days". */
function label(name: string): string {
  return spoken(name).replace(/ (\d+)d$/, ", $1 days");
}

function said(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}
