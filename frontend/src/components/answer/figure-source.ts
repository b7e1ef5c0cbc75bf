import type { Schemas } from "@/lib/api/types";
import { day, decimal, percent } from "@/lib/format";
import { capitalised, toolName } from "@/lib/tool-name";
import type { GroundedFigure } from "./answer-marks";

type Source = Schemas["Source"];
type Operation = Schemas["Derived"]["operation"];

/** Where a figure comes from, in lines that can be read out. */
export interface FigureSource {
  heading: string;
  lines: string[];
}

// A sum may have as many terms as a portfolio has positions.
const MAX_OPERANDS = 6;

const OPERATIONS: Record<Operation, string> = {
  difference: "The difference of",
  ratio: "The ratio of",
  share: "The share of the first in the second",
  sum: "The sum of",
  complement: "What is left to 100% of",
  percent_change: "The change from one to the other of",
  count: "The number of",
};

export function figureSource({ origin, text }: GroundedFigure): FigureSource {
  switch (origin.status) {
    case "traced":
      return { heading: heading(origin.source), lines: tracedLines(origin.source, text) };
    case "derived":
      return { heading: `Computed: ${OPERATIONS[origin.operation].toLowerCase()}`, lines: operandLines(origin.operands) };
    default:
      return { heading: "No source found", lines: ["This figure stands in nothing that the analyst looked up."] };
  }
}

function heading({ kind, name, label }: Source): string {
  switch (kind) {
    case "question":
      return "From your question";
    case "snippet":
      return "From the knowledge base";
    case "facts":
      return capitalised(label);
    case "tool":
      return `${toolName(name)}: ${label}`;
  }
}

function tracedLines({ kind, value, as_of }: Source, text: string): string[] {
  const exact = kind === "tool" || kind === "facts" ? exactValue(value, text) : null;
  return [...(exact === null ? [] : [`Looked up as ${exact}`]), ...(as_of ? [`As of ${day(as_of)}`] : [])];
}

function operandLines(operands: Source[]): string[] {
  const shown = operands.slice(0, MAX_OPERANDS).map((operand) => {
    const value = typeof operand.value === "number" ? `, ${decimal(operand.value, digitsOf(operand.value))}` : "";
    return `${toolName(operand.name)}: ${operand.label}${value}`;
  });
  const left = operands.length - shown.length;
  const asOf = operands.find(({ as_of }) => as_of)?.as_of;
  return [...shown, ...(left > 0 ? [`and ${left} more`] : []), ...(asOf ? [`As of ${day(asOf)}`] : [])];
}

/** The value as it was before rounding, in the unit in which the answer writes it. */
function exactValue(value: number | string, text: string): string | null {
  if (typeof value === "string") return value.length > 40 ? null : value;
  if (text.includes("%") && Math.abs(value) < 100) return percent(value, { digits: 4 });
  return decimal(value, digitsOf(value));
}

function digitsOf(value: number): number {
  if (Number.isInteger(value)) return 0;
  return Math.abs(value) >= 100 ? 2 : 4;
}
