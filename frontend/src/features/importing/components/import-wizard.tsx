"use client";

import { useState } from "react";

import type { ChosenFile, ImportReport, Target } from "../api/imports";
import { ChooseStep } from "./choose-step";
import { ResultStep } from "./result-step";
import { ReviewStep } from "./review-step";
import { StepList } from "./step-list";

type Stage =
  | { step: "choose"; isReturn: boolean }
  | { step: "review"; chosen: ChosenFile }
  | { step: "result"; report: ImportReport };

interface ImportWizardProps {
  /** The portfolio to add to, where the person came from one. */
  portfolioId: string | null;
}

/** From a file to portfolios: choose it, see what it would make, and only then keep it. */
export function ImportWizard({ portfolioId }: ImportWizardProps) {
  const [stage, setStage] = useState<Stage>({ step: "choose", isReturn: false });
  const choose = (file: File) => setStage({ step: "review", chosen: { id: crypto.randomUUID(), file } });
  const startOver = () => setStage({ step: "choose", isReturn: true });
  const target: Target = portfolioId === null ? { kind: "as-named" } : { kind: "existing", portfolioId };
  return (
    <div className="flex flex-col gap-4">
      <StepList current={stage.step} />
      {stage.step === "choose" ? <ChooseStep onChoose={choose} isReturn={stage.isReturn} /> : null}
      {stage.step === "review" ? (
        <ReviewStep
          key={stage.chosen.id}
          chosen={stage.chosen}
          initialTarget={target}
          onStartOver={startOver}
          onImported={(report) => setStage({ step: "result", report })}
        />
      ) : null}
      {stage.step === "result" ? <ResultStep report={stage.report} onStartOver={startOver} /> : null}
    </div>
  );
}
