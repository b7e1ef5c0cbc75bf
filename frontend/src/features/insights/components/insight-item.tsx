"use client";

import { ChevronRight, X } from "lucide-react";
import { useMemo } from "react";

import { AnswerText } from "@/components/answer/answer-text";
import { Feedback } from "@/components/answer/feedback";
import { GroundingLine } from "@/components/answer/grounding-line";
import { Button } from "@/components/ui/button";
import { Markdown } from "@/components/ui/markdown";
import { day, moment, unbroken } from "@/lib/format";
import { useFeedback, type Insight } from "../api/insights";
import { typeLabel } from "../insight-types";
import { Evidence } from "./evidence";
import { SeverityLabel } from "./severity-label";

interface InsightItemProps {
  insight: Insight;
  isOpen: boolean;
  onDismiss: () => void;
}

export function InsightItem({ insight, isOpen, onDismiss }: InsightItemProps) {
  return (
    <article aria-label={insight.title} className="flex flex-col gap-2 py-3 text-sm">
      <header className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-xs text-quiet">
            <SeverityLabel severity={insight.severity} />
            <span>{typeLabel(insight.insight_type)}</span>
            {insight.as_of ? <span>as of {day(insight.as_of)}</span> : null}
          </p>
          <h3 className="mt-1 leading-snug font-semibold break-words">{unbroken(insight.title)}</h3>
        </div>
        <Button icon variant="ghost" aria-label={`Dismiss: ${insight.title}`} onClick={onDismiss}>
          <X aria-hidden="true" className="size-4" />
        </Button>
      </header>
      <Markdown text={insight.summary} dense />
      <details className="group" open={isOpen || undefined}>
        <summary className="flex w-fit list-none items-center gap-1 rounded-sm text-accent [&::-webkit-details-marker]:hidden">
          <ChevronRight aria-hidden="true" className="size-3.5 transition-transform group-open:rotate-90" />
          {insight.findings.length > 0 ? "Findings and analysis" : "Analysis"}
        </summary>
        <div className="mt-2 flex flex-col gap-3">
          <Findings insight={insight} />
          <Recommendations items={insight.recommendations} />
          <Analysis insight={insight} />
          <p className="flex flex-wrap gap-x-2 text-xs text-quiet">
            <GroundingLine grounding={insight.grounding} />
            <span>
              {moment(insight.created_at)} · {insight.model} · {insight.prompt_version}
            </span>
          </p>
        </div>
      </details>
      <InsightFeedback insight={insight} />
    </article>
  );
}

function Analysis({ insight: { analysis, grounding } }: { insight: Insight }) {
  const provenance = useMemo(() => ({ figures: grounding?.figures ?? [], citations: [] }), [grounding]);
  return <AnswerText text={analysis} provenance={provenance} dense />;
}

function InsightFeedback({ insight }: { insight: Insight }) {
  const { give, withdraw } = useFeedback(insight);
  return (
    <div className="flex flex-wrap items-center gap-1 text-xs text-quiet">
      <Feedback noun="insight" feedback={insight.feedback ?? null} text={insight.analysis} onGive={give} onWithdraw={withdraw} />
    </div>
  );
}

function Findings({ insight }: { insight: Insight }) {
  if (insight.findings.length === 0) return null;
  return (
    <ul aria-label="Findings" className="divide-y divide-line border-y border-line">
      {insight.findings.map((finding) => (
        <li key={`${finding.code} ${finding.headline}`} className="py-2">
          <SeverityLabel severity={finding.severity} />
          <p className="font-medium">{unbroken(finding.headline)}</p>
          <p className="text-quiet">{unbroken(finding.comment ?? finding.detail)}</p>
          <Evidence finding={finding} asOf={insight.as_of} />
        </li>
      ))}
    </ul>
  );
}

function Recommendations({ items }: { items: string[] }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h4 className="font-medium">Worth a look</h4>
      <ul className="mt-1 list-disc space-y-1 pl-5">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </section>
  );
}
