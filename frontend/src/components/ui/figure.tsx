"use client";

import clsx from "clsx";

import { UNKNOWN } from "@/lib/format";
import { Tip } from "./tip";

interface FigureProps {
  value: number | null | undefined;
  format: (value: number) => string;
  /** Why the figure is not known; shown on hover and focus in its place. */
  reason?: string | null;
  /** Colour by sign, for changes. The format must write the sign, since colour alone says nothing. */
  change?: boolean;
  className?: string;
}

/** A number that may be unknown. Unknown is a dash with its reason, never a zero. */
export function Figure({ value, format, reason, change = false, className }: FigureProps) {
  if (value === null || value === undefined) {
    return (
      <Tip text={reason ?? "Not known."} className={clsx("text-quiet", className)}>
        <span aria-hidden="true">{UNKNOWN}</span>
        <span className="sr-only">Unknown</span>
      </Tip>
    );
  }
  return <span className={clsx("tabular", change && changeColour(value), className)}>{format(value)}</span>;
}

function changeColour(value: number): string | false {
  if (value === 0) return false;
  return value > 0 ? "text-gain" : "text-loss";
}
