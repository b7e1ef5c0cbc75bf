import type { ReactNode } from "react";

import type { Schemas } from "@/lib/api/types";
import { percent } from "@/lib/format";
import { Notice } from "./notice";

/** What every measure says about what it was worked out from. */
type Measured = Pick<Schemas["Overview"], "coverage" | "warnings">;

/** What the figures of the page do not cover; nothing when they cover everything. */
export function CoverageNote({ measured }: { measured: Measured }) {
  const { excluded, share_of_gross: share } = measured.coverage;
  const warnings = measured.warnings ?? [];
  if (excluded.length === 0 && warnings.length === 0) return null;
  return (
    <Notice tone="warning">
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
      {excluded.length > 0 ? (
        <Exclusions excluded={excluded}>
          {share === null ? "" : `Risk figures cover ${percent(share, { digits: 1 })} of gross exposure. `}
          Left out: {excluded.map(({ symbol }) => symbol).join(", ")}
        </Exclusions>
      ) : null}
    </Notice>
  );
}

/** A line on what was left out, which opens to the reason of each holding. */
export function Exclusions({ excluded, children }: { excluded: Measured["coverage"]["excluded"]; children: ReactNode }) {
  return (
    <details>
      <summary className="w-fit rounded-sm">{children}</summary>
      <ul className="mt-1 list-disc pl-5 text-xs">
        {excluded.map(({ symbol, reason }) => (
          <li key={symbol}>
            {symbol}: {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
