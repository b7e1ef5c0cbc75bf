import type { CustomStress } from "./api/risk";

export type ShockKind = "factors" | "sectors" | "symbols" | "volatility" | "liquidation_cost";

export interface ShockRow {
  kind: ShockKind;
  /** The factor, sector or symbol; empty for shocks on everything. */
  target: string;
  /** In percent, as it is typed. */
  size: string;
}

export const TARGETLESS: ReadonlySet<ShockKind> = new Set(["volatility", "liquidation_cost"]);

/** Percent as the server's limits allow. */
const MIN = -100;
const MAX = 500;

/** The rows as the server takes them, or what is wrong with the first that cannot be sent. */
export function customStress(rows: ShockRow[]): { body: CustomStress } | { problem: string } {
  const factors: Record<string, number> = {};
  const sectors: Record<string, number> = {};
  const symbols: Record<string, number> = {};
  const everything = { volatility: 0, liquidation_cost: 0 };
  const named = { factors, sectors, symbols };
  for (const { kind, target, size } of rows) {
    const percent = Number(size.replace("\u2212", "-"));
    if (size.trim() === "" || Number.isNaN(percent)) return { problem: "A size is a number in percent, such as -10." };
    if (percent < MIN || percent > MAX) return { problem: `A size lies between ${MIN} and ${MAX} percent.` };
    if (kind === "volatility" || kind === "liquidation_cost") everything[kind] = percent / 100;
    else if (target === "") return { problem: "Choose what the shock is on." };
    else if (target in named[kind]) return { problem: `There are two shocks on ${target}.` };
    else named[kind][target] = percent / 100;
  }
  if (everything.liquidation_cost < 0 || everything.liquidation_cost > 1) return { problem: "A cost of selling lies between 0 and 100 percent." };
  return { body: { shocks: { ...named, ...everything } } };
}
