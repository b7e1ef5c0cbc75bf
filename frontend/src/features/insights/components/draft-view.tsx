import { Check, LoaderCircle } from "lucide-react";

import { Markdown } from "@/components/ui/markdown";
import { spoken } from "../insight-types";
import { stage, type Draft, type LookUp } from "../stream/reducer";

/** An insight in the making: what is looked up, and a preview of the words. */
export function DraftView({ draft }: { draft: Draft }) {
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line p-3 text-sm">
      <p role="status" className="flex items-center gap-2 text-quiet">
        <LoaderCircle aria-hidden="true" className="size-3.5 animate-spin text-accent" />
        {stage(draft)}
      </p>
      <ul aria-label="Looked up" className="flex flex-wrap gap-x-3 gap-y-1 text-xs">
        {draft.lookUps.map((lookUp) => (
          <LookUpItem key={lookUp.id} lookUp={lookUp} />
        ))}
      </ul>
      {draft.text ? <Markdown text={draft.text} streaming dense /> : null}
    </div>
  );
}

function LookUpItem({ lookUp: { tool, isDone } }: { lookUp: LookUp }) {
  return (
    <li className="inline-flex items-center gap-1 text-quiet">
      {isDone ? (
        <Check aria-label="Done" className="size-3 text-gain" />
      ) : (
        <LoaderCircle aria-label="Running" className="size-3 animate-spin text-accent" />
      )}
      {spoken(tool)}
    </li>
  );
}
