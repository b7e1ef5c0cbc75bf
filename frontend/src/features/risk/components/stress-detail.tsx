import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { day, money, percent } from "@/lib/format";
import type { StressResult } from "../api/risk";
import { factorName } from "../factor-names";

/** What a scenario says, what it moves, and whom it hits. */
export function StressDetail({ scenario, currency }: { scenario: StressResult; currency: string }) {
  const { description, reason, unknown, unmatched } = scenario;
  return (
    <div className="flex flex-col gap-2 py-1 text-xs">
      <p className="text-quiet">{description}</p>
      {reason ? <p className="text-warn">{reason}</p> : null}
      <ReplayLine scenario={scenario} currency={currency} />
      <FactorMoves moves={scenario.factor_moves} />
      <Positions positions={scenario.positions} currency={currency} />
      {unknown.length > 0 ? <p className="text-quiet">Not known for: {unknown.join(", ")}.</p> : null}
      {unmatched.length > 0 ? <p className="text-warn">Nothing held matches: {unmatched.join(", ")}.</p> : null}
    </div>
  );
}

function ReplayLine({ scenario: { start, end, worst, worst_day: worstDay }, currency }: { scenario: StressResult; currency: string }) {
  if (!start || !end) return null;
  return (
    <p>
      {day(start)} to {day(end)}
      {typeof worst === "number" && worstDay ? `; lowest at ${money(worst, currency, { whole: true, signed: true })} on ${day(worstDay)}` : ""}.
    </p>
  );
}

function FactorMoves({ moves }: { moves: StressResult["factor_moves"] }) {
  const moved = moves.filter(({ shocked, propagated }) => shocked !== 0 || propagated !== 0);
  if (moved.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-1">
      {moved.map(({ factor, shocked, propagated }) => (
        <div key={factor} className="flex gap-1.5">
          <dt className="text-quiet">{factorName(factor)}</dt>
          <dd className="tabular">
            {percent(shocked === 0 ? propagated : shocked, { signed: true, digits: 1 })}
            {shocked === 0 ? <span className="text-quiet"> follows</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Positions({ positions, currency }: { positions: StressResult["positions"]; currency: string }) {
  if (positions.length === 0) return null;
  const whole = (value: number) => money(value, currency, { whole: true, signed: true });
  return (
    <DataTable label="Hit hardest" className="max-w-2xl">
      <thead>
        <tr>
          <HeaderCell>Hit hardest</HeaderCell>
          <HeaderCell numeric>Value</HeaderCell>
          <HeaderCell numeric>Direct</HeaderCell>
          <HeaderCell numeric>Propagated</HeaderCell>
          <HeaderCell numeric>Effect</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {positions.map((position) => (
          <tr key={position.symbol}>
            <HeaderCell row className="font-normal text-text">
              {position.symbol}
            </HeaderCell>
            <Cell numeric>{money(position.market_value, currency, { whole: true })}</Cell>
            <Cell numeric>{whole(position.direct)}</Cell>
            <Cell numeric>{whole(position.propagated)}</Cell>
            <Cell numeric>
              <Figure value={position.effect} format={whole} change />
            </Cell>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}
