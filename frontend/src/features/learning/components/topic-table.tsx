"use client";

import { ChevronRight, Minus, TrendingDown, TrendingUp, TriangleAlert } from "lucide-react";
import { useState } from "react";

import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { quantity } from "@/lib/format";
import type { Topic } from "../api/learning";
import { ShareFigure } from "./share-figure";
import { TopicDetail } from "./topic-detail";

const COLUMNS = 6;

export function TopicTable({ reportId, topics }: { reportId: string; topics: Topic[] }) {
  if (topics.length === 0) return <p className="text-sm text-quiet">No questions that were asked often enough to make a topic.</p>;
  return (
    <section>
      <h3 className="mb-1 text-xs font-semibold">Topics</h3>
      <DataTable label="Topics">
        <thead>
          <tr>
            <HeaderCell>Topic</HeaderCell>
            <HeaderCell numeric>Answers</HeaderCell>
            <HeaderCell>Trend</HeaderCell>
            <HeaderCell numeric>Thumbs down</HeaderCell>
            <HeaderCell numeric>Untraced</HeaderCell>
            <HeaderCell numeric>Failed</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {topics.map((topic) => (
            <TopicRows key={topic.number} reportId={reportId} topic={topic} />
          ))}
        </tbody>
      </DataTable>
    </section>
  );
}

function TopicRows({ reportId, topic }: { reportId: string; topic: Topic }) {
  const [isOpen, setOpen] = useState(false);
  const { figures } = topic;
  return (
    <>
      <tr>
        <HeaderCell row className="min-w-52 whitespace-normal!">
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="flex items-start gap-1 rounded-sm text-left text-sm font-medium text-text">
            <ChevronRight aria-hidden="true" className={`mt-0.5 size-3.5 shrink-0 text-quiet ${isOpen ? "rotate-90" : ""}`} />
            {topic.name}
          </button>
          <Weaknesses topic={topic} />
        </HeaderCell>
        <Cell numeric>{quantity(figures.answers)}</Cell>
        <Cell>
          <TrendLabel trend={topic.trend} />
        </Cell>
        <Cell numeric>
          <ShareFigure share={figures.down} of="rated answers" />
        </Cell>
        <Cell numeric>
          <ShareFigure share={figures.untraced} of="answers with figures" />
        </Cell>
        <Cell numeric>
          <ShareFigure share={figures.failed} of="answers" />
        </Cell>
      </tr>
      {isOpen ? (
        <tr>
          <Cell colSpan={COLUMNS}>
            <TopicDetail reportId={reportId} topic={topic} />
          </Cell>
        </tr>
      ) : null}
    </>
  );
}

const WEAKNESSES: Record<Topic["weaknesses"][number], string> = {
  thumbs_down: "Most who judge are unhappy",
  untraced_figures: "Figures from nowhere",
  failing: "Answers fail",
};

function Weaknesses({ topic }: { topic: Topic }) {
  return topic.weaknesses.map((weakness) => (
    <span key={weakness} className="ml-4.5 flex items-center gap-1 text-xs font-medium text-warn">
      <TriangleAlert aria-hidden="true" className="size-3" />
      {WEAKNESSES[weakness]}
    </span>
  ));
}

const TRENDS = {
  rising: { icon: TrendingUp, label: "Rising" },
  steady: { icon: Minus, label: "Steady" },
  falling: { icon: TrendingDown, label: "Falling" },
};

function TrendLabel({ trend }: { trend: Topic["trend"] }) {
  const { icon: Icon, label } = TRENDS[trend.direction];
  return (
    <span title={`${trend.earlier} in the older half, ${trend.later} in the newer`} className="inline-flex items-center gap-1 text-quiet">
      <Icon aria-hidden="true" className="size-3.5" />
      {label}
    </span>
  );
}
