import { Check, ChevronRight, CircleSlash, LoaderCircle, X } from "lucide-react";

import { duration } from "@/lib/format";
import { toolName } from "@/lib/tool-name";
import { argumentsLine } from "../answer-blocks";
import type { ToolPart } from "../stream/reducer";

interface ToolStepsProps {
  tools: ToolPart[];
  /** Whether a step without an outcome may still get one. */
  isRunning: boolean;
}

export function ToolSteps({ tools, isRunning }: ToolStepsProps) {
  return (
    <ul aria-label="Steps taken" className="my-3 divide-y divide-line rounded-md border border-line text-sm">
      {tools.map((tool) => (
        <li key={tool.tool_call_id}>
          <ToolStep tool={tool} isRunning={isRunning} />
        </li>
      ))}
    </ul>
  );
}

function ToolStep({ tool, isRunning }: { tool: ToolPart; isRunning: boolean }) {
  return (
    <details className="group" data-testid="tool-step">
      <summary className="flex list-none items-center gap-2 rounded-md px-2.5 py-1.5 -outline-offset-2 [&::-webkit-details-marker]:hidden">
        <StepStatus state={stepState(tool, isRunning)} />
        <span className="font-medium whitespace-nowrap">{toolName(tool.tool_name)}</span>
        <span className="min-w-0 flex-1 truncate text-xs text-quiet">{tool.error?.message ?? argumentsLine(tool.tool_args)}</span>
        {tool.duration_ms === null || tool.duration_ms === undefined ? null : (
          <span className="tabular text-xs text-quiet">{duration(tool.duration_ms)}</span>
        )}
        <ChevronRight aria-hidden="true" className="size-3.5 shrink-0 text-quiet transition-transform group-open:rotate-90" />
      </summary>
      <div className="flex flex-col gap-2 border-t border-line px-2.5 py-2">
        <Json label={`${tool.tool_name}: arguments`} value={tool.tool_args} />
        {tool.error ? <Json label={`Error: ${tool.error.code}`} value={tool.error.message} /> : null}
        {tool.result === null || tool.result === undefined ? null : <Json label="Result" value={tool.result} />}
      </div>
    </details>
  );
}

type StepState = "running" | "done" | "failed" | "cut";

function stepState(tool: ToolPart, isRunning: boolean): StepState {
  if (tool.error) return "failed";
  if (typeof tool.duration_ms === "number") return "done";
  return isRunning ? "running" : "cut";
}

const STATES = {
  running: { icon: LoaderCircle, label: "Running", look: "animate-spin text-accent" },
  done: { icon: Check, label: "Done", look: "text-gain" },
  failed: { icon: X, label: "Failed", look: "text-loss" },
  cut: { icon: CircleSlash, label: "Not finished", look: "text-quiet" },
};

function StepStatus({ state }: { state: StepState }) {
  const { icon: Icon, label, look } = STATES[state];
  return (
    <>
      <Icon aria-hidden="true" className={`size-3.5 shrink-0 ${look}`} />
      <span className="sr-only">{label}:</span>
    </>
  );
}

function Json({ label, value }: { label: string; value: unknown }) {
  return (
    <div>
      <p className="mb-1 text-xs text-quiet">{label}</p>
      <pre tabIndex={0} aria-label={label} className="max-h-64 overflow-auto rounded bg-raised p-2 font-mono text-xs">
        {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
      </pre>
    </div>
  );
}
