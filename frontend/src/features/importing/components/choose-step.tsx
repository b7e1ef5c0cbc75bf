"use client";

import { Download } from "lucide-react";
import { useState } from "react";

import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { MAX_BYTES, MAX_SIZE } from "../file-size";
import { TEMPLATE_ADDRESS, TEMPLATE_NAME } from "../template";
import { DropArea } from "./drop-area";
import { StepHeading } from "./step-heading";

const FORMATS = [
  { name: "Charles Schwab", what: "positions, CSV" },
  { name: "Fidelity", what: "portfolio positions, CSV" },
  { name: "Vanguard", what: "holdings, CSV" },
  { name: "Interactive Brokers", what: "activity statement, CSV" },
  { name: "Ghostfolio", what: "export, JSON" },
  { name: "SigmaSight template", what: "CSV, for everything else" },
] as const;

interface ChooseStepProps {
  onChoose: (file: File) => void;
  /** Whether the person has been here before, and what they came from took their focus with it. */
  isReturn: boolean;
}

export function ChooseStep({ onChoose, isReturn }: ChooseStepProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const choose = (files: File[]) => {
    const [file] = files;
    if (file === undefined) return;
    const problem = problemOf(file, files.length);
    setRefusal(problem);
    if (problem === null) onChoose(file);
  };
  return (
    <>
      {isReturn ? <StepHeading>Choose a file</StepHeading> : null}
      <DropArea onChoose={choose} />
      {refusal ? <Notice tone="error">{refusal}</Notice> : null}
      <Card title="What can be read">
        <ul className="grid gap-x-6 gap-y-1.5 text-sm sm:grid-cols-2">
          {FORMATS.map(({ name, what }) => (
            <li key={name}>
              {name} <span className="text-quiet">({what})</span>
            </li>
          ))}
        </ul>
        <p className="mt-3 text-sm text-quiet">A file is recognised by what it holds, not by its name. Up to {MAX_SIZE} and 20,000 rows.</p>
        <a href={TEMPLATE_ADDRESS} download={TEMPLATE_NAME} className="mt-3 inline-flex items-center gap-1.5 rounded-sm text-sm font-medium text-accent hover:underline">
          <Download aria-hidden="true" className="size-4" /> Download the template, with examples to replace
        </a>
      </Card>
    </>
  );
}

function problemOf(file: File, count: number): string | null {
  if (count > 1) return "One file at a time: these were several, and none was read.";
  if (file.size > MAX_BYTES) return `${file.name} is larger than ${MAX_SIZE}. Split it, or leave out what is not a position.`;
  return null;
}
