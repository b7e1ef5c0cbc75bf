import type { Usage } from "../api/usage";
import { moment, money, percent } from "@/lib/format";

/** Today's budget and how much of it is gone. */
export function BudgetLine({ budget }: { budget: Usage["budget"] }) {
  const { limit_usd: limit, left_usd: left, reserved_usd: reserved, resets_at: resetsAt } = budget;
  if (limit === null || left === null) {
    return <p className="text-sm text-quiet">No daily budget is set. Spent today: {money(budget.spent_usd, "USD")}.</p>;
  }
  const used = limit > 0 ? Math.min(1 - left / limit, 1) : 1;
  return (
    <div className="text-sm">
      <p className="flex flex-wrap justify-between gap-x-4">
        <span>
          <span className="tabular font-semibold">{money(left, "USD")}</span> of {money(limit, "USD")} left today
        </span>
        <span className="text-xs text-quiet">
          {reserved > 0 ? `${money(reserved, "USD")} held for calls under way · ` : ""}starts again {moment(resetsAt)}
        </span>
      </p>
      <div
        role="meter"
        aria-label="Part of today's budget that is spent"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(used * 100)}
        aria-valuetext={percent(used, { digits: 0 })}
        className="mt-1.5 h-2 overflow-hidden rounded-full bg-raised"
      >
        <div className="h-full bg-accent" style={{ width: `${used * 100}%` }} />
      </div>
    </div>
  );
}
