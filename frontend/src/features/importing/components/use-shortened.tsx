import { useState, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { plural, quantity } from "@/lib/format";

const FEW = 10;
// A table of more rows than this makes a browser slow, and nobody reads it.
const MOST = 500;

/** The first rows of a long list, and what leads to more of them; `more` is null where all are shown. */
export function useShortened<Row>(rows: readonly Row[], noun: string): { shown: readonly Row[]; more: ReactNode } {
  const [isLong, setLong] = useState(false);
  const shown = rows.slice(0, isLong ? MOST : FEW);
  return { shown, more: rows.length > FEW ? <More all={rows.length} noun={noun} isLong={isLong} onToggle={() => setLong(!isLong)} /> : null };
}

function More({ all, noun, isLong, onToggle }: { all: number; noun: string; isLong: boolean; onToggle: () => void }) {
  const reach = all > MOST ? `the first ${quantity(MOST)} of ${plural(all, noun)}` : `all ${plural(all, noun)}`;
  return (
    <div className="mt-2 flex flex-wrap items-center gap-3">
      <Button aria-expanded={isLong} onClick={onToggle}>
        {isLong ? "Show fewer" : `Show ${reach}`}
      </Button>
      {isLong && all > MOST ? <p className="text-xs text-quiet">{plural(all - MOST, noun)} more are not shown here. They count all the same.</p> : null}
    </div>
  );
}
