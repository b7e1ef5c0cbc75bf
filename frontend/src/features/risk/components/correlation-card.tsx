"use client";

import { Figure } from "@/components/ui/figure";
import { decimal } from "@/lib/format";
import { useCorrelationMatrix, type CorrelationMatrix } from "../api/risk";
import { MeasureCard, reasonsOf } from "./measure-card";

export function CorrelationCard({ portfolioId }: { portfolioId: string }) {
  return (
    <MeasureCard title="Correlation" query={useCorrelationMatrix(portfolioId)}>
      {(data) =>
        data.symbols.length < 2 ? (
          <p className="py-4 text-sm text-quiet">Fewer than two holdings have enough history.</p>
        ) : (
          <>
            <HeatMap matrix={data} />
            <Summary matrix={data} />
          </>
        )
      }
    </MeasureCard>
  );
}

/** A table whose cells are coloured by their figures: the map and its alternative in one. */
function HeatMap({ matrix: { symbols, values } }: { matrix: CorrelationMatrix }) {
  return (
    <div role="region" aria-label="Correlation matrix" tabIndex={0} className="relative max-h-[28rem] overflow-auto">
      <table className="border-separate border-spacing-px text-[0.7rem]">
        <caption className="sr-only">Correlation of daily returns, similar holdings side by side</caption>
        <thead>
          <tr>
            <td className="sticky top-0 left-0 z-20 bg-surface" />
            {symbols.map((symbol) => (
              <th key={symbol} scope="col" className="sticky top-0 z-10 bg-surface px-0.5 py-1 align-bottom font-medium text-quiet">
                <span className="inline-block max-h-24 rotate-180 truncate [writing-mode:vertical-rl]">{symbol}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {symbols.map((symbol, row) => (
            <tr key={symbol}>
              <th scope="row" className="sticky left-0 z-10 max-w-24 truncate bg-surface pr-2 text-left font-medium text-quiet">
                {symbol}
              </th>
              {symbols.map((other, column) => (
                <HeatCell key={other} value={values[row]?.[column] ?? null} isOwn={row === column} title={`${symbol} and ${other}`} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// As strong as a cell may be coloured with its figure still readable on it.
const MAX_TINT_PERCENT = 45;

function HeatCell({ value, isOwn, title }: { value: number | null; isOwn: boolean; title: string }) {
  if (isOwn) return <td className="size-8 min-w-8 rounded-xs bg-raised text-center text-quiet">1</td>;
  if (value === null) {
    return (
      <td className="size-8 min-w-8 text-center" title={`${title}: their days overlap too little.`}>
        <span aria-hidden="true">—</span>
        <span className="sr-only">unknown</span>
      </td>
    );
  }
  const colour = value < 0 ? "var(--loss)" : "var(--accent)";
  const tint = Math.round(Math.min(Math.abs(value), 1) * MAX_TINT_PERCENT);
  return (
    <td
      title={`${title}: ${decimal(value)}`}
      className="tabular size-8 min-w-8 rounded-xs text-center"
      style={{ backgroundColor: `color-mix(in srgb, ${colour} ${tint}%, var(--surface))` }}
    >
      {decimal(value)}
    </td>
  );
}

function Summary({ matrix }: { matrix: CorrelationMatrix }) {
  const why = reasonsOf(matrix);
  return (
    <div className="mt-3 grid gap-3 text-xs sm:grid-cols-3">
      <p>
        <span className="block text-quiet">Average of all pairs</span>
        <Figure value={matrix.average} format={(value) => decimal(value)} reason={why("average")} className="text-sm font-semibold" />
      </p>
      <Pairs title="Most alike" pairs={matrix.highest} />
      <Pairs title="Least alike" pairs={matrix.lowest} />
    </div>
  );
}

const SHOWN_PAIRS = 3;

function Pairs({ title, pairs }: { title: string; pairs: CorrelationMatrix["highest"] }) {
  return (
    <div>
      <h3 className="text-quiet">{title}</h3>
      <ul>
        {pairs.slice(0, SHOWN_PAIRS).map(({ first, second, correlation }) => (
          <li key={`${first} ${second}`} className="flex justify-between gap-2">
            <span className="truncate">
              {first}, {second}
            </span>
            <span className="tabular">{decimal(correlation)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
