"use client";

import { Sparkles } from "lucide-react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Markdown } from "@/components/ui/markdown";
import { Notice } from "@/components/ui/notice";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { day, moment } from "@/lib/format";
import { useGenerateInsight, useLatestInsight, type Insight } from "../api/insights";
import { SeverityLabel } from "./severity-label";

export function DailyInsight({ portfolioId }: { portfolioId: string }) {
  const latest = useLatestInsight(portfolioId);
  const generate = useGenerateInsight(portfolioId);
  const asOf = latest.data?.as_of;
  return (
    <Card title="Daily insight" aside={asOf ? `as of ${day(asOf)}` : null}>
      <div className="flex flex-col gap-4">
        {latest.isPending ? <LoadingBlock label="Loading the insight" className="h-48" /> : null}
        {latest.error ? (
          <QueryNotice what="The insight" error={latest.error} onRetry={() => void latest.refetch()} />
        ) : null}
        {latest.data ? <InsightBody insight={latest.data} /> : null}
        {latest.data === null ? <NoInsight /> : null}
        {generate.error ? (
          <Notice tone="error" onRetry={() => generate.mutate()}>
            The insight could not be written. {generate.error.message}
          </Notice>
        ) : null}
        {latest.isSuccess ? <GenerateButton isFirst={latest.data === null} {...generate} /> : null}
      </div>
    </Card>
  );
}

interface GenerateButtonProps {
  isFirst: boolean;
  isPending: boolean;
  mutate: () => void;
}

function GenerateButton({ isFirst, isPending, mutate }: GenerateButtonProps) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button variant={isFirst ? "primary" : "secondary"} disabled={isPending} onClick={() => mutate()}>
        <Sparkles aria-hidden="true" className="size-4" />
        {isFirst ? "Write today's insight" : "Write a new one"}
      </Button>
      <span role="status" className="text-xs text-quiet">
        {isPending ? <span className="animate-pulse">Reading the portfolio and writing…</span> : null}
      </span>
    </div>
  );
}

function InsightBody({ insight }: { insight: Insight }) {
  return (
    <article className="flex flex-col gap-3 text-sm">
      <header>
        <SeverityLabel severity={insight.severity} />
        <h3 className="mt-1 text-base leading-snug font-semibold">{insight.title}</h3>
      </header>
      <Markdown text={insight.summary} />
      <Findings insight={insight} />
      <Recommendations items={insight.recommendations} />
      {insight.analysis ? (
        <details>
          <summary className="w-fit rounded-sm text-accent">Analysis</summary>
          <div className="mt-2">
            <Markdown text={insight.analysis} />
          </div>
        </details>
      ) : null}
      <p className="text-xs text-quiet">
        {moment(insight.created_at)} · {insight.model}
      </p>
    </article>
  );
}

function Findings({ insight }: { insight: Insight }) {
  if (insight.findings.length === 0) return null;
  return (
    <ul className="divide-y divide-line border-y border-line">
      {insight.findings.map((finding) => (
        <li key={`${finding.code} ${finding.headline}`} className="py-2">
          <SeverityLabel severity={finding.severity} />
          <p className="font-medium">{finding.headline}</p>
          <p className="text-quiet">{finding.detail}</p>
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

function NoInsight() {
  return (
    <p className="text-sm text-quiet">
      No insight yet. The analyst can look over this portfolio and write what has changed and what deserves attention.
    </p>
  );
}
