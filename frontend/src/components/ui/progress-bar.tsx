import { percent } from "@/lib/format";

interface ProgressBarProps {
  /** What is under way, shown above the bar. */
  label: string;
  /** How much of it is done, 0 to 1; null where that is not known. */
  value: number | null;
}

export function ProgressBar({ label, value }: ProgressBarProps) {
  const known = value === null ? {} : { "aria-valuenow": Math.round(value * 100) };
  return (
    <div>
      <p className="flex justify-between gap-3 text-xs text-quiet">
        <span className="min-w-0 truncate">{label}</span>
        {value === null ? null : <span className="tabular">{percent(value, { digits: 0 })}</span>}
      </p>
      <div role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} {...known} className="mt-1 h-1.5 overflow-hidden rounded-full bg-raised">
        <div className={value === null ? "h-full w-1/3 animate-pulse bg-accent" : "h-full bg-accent"} style={value === null ? undefined : { width: `${value * 100}%` }} />
      </div>
    </div>
  );
}
