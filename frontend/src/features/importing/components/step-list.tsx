import clsx from "clsx";

const STEPS = [
  { step: "choose", label: "Choose a file" },
  { step: "review", label: "Review" },
  { step: "result", label: "Done" },
] as const;
type Step = (typeof STEPS)[number]["step"];

export function StepList({ current }: { current: Step }) {
  const reached = STEPS.findIndex(({ step }) => step === current);
  return (
    <ol aria-label="Steps" className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {STEPS.map(({ step, label }, index) => (
        <li
          key={step}
          aria-current={step === current ? "step" : undefined}
          className={clsx("flex items-center gap-2", step === current ? "font-medium" : "text-quiet")}
        >
          <span
            aria-hidden="true"
            className={clsx(
              "tabular inline-flex size-5 items-center justify-center rounded-full text-xs",
              index <= reached ? "bg-accent text-on-accent" : "bg-raised",
            )}
          >
            {index + 1}
          </span>
          {label}
        </li>
      ))}
    </ol>
  );
}
