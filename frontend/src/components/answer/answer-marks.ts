import type { TextMark } from "@/components/ui/text-marks";
import type { Schemas } from "@/lib/api/types";

export type GroundedFigure = Schemas["GroundedFigure"];
export type Citation = Schemas["Citation"];

export type MarkTarget = { kind: "figure"; figure: GroundedFigure } | { kind: "citation"; citation: Citation };

export interface AnswerMarks {
  marks: TextMark[];
  targets: ReadonlyMap<string, MarkTarget>;
}

export interface Provenance {
  figures: GroundedFigure[];
  citations: Citation[];
}

const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
const CITED = /\[\d+(?:\s*,\s*\d+)*\]/g;

/**
 * The stretches of a text that say where they come from: figures, and marks of passages such as [1].
 * `offset` is where this text begins in the one that the figures' places count from.
 */
export function answerMarks(text: string, offset: number, { figures, citations }: Provenance): AnswerMarks {
  const cited = citationMarks(text, citations);
  const found = [...cited, ...figureMarks(text, offset, figures, cited)];
  return { marks: found.map(({ mark }) => mark), targets: new Map(found.map(({ mark, target }) => [mark.id, target])) };
}

interface Found {
  mark: TextMark;
  target: MarkTarget;
}

function figureMarks(text: string, offset: number, figures: GroundedFigure[], taken: Found[]): Found[] {
  return figures.flatMap((figure, index) => {
    const [start, end] = [figure.start - offset, figure.end - offset];
    const overlaps = taken.some(({ mark }) => mark.start < end && start < mark.end);
    // Places that do not hold what they should are of another text.
    if (overlaps || text.slice(start, end) !== figure.text || start < 0) return [];
    return [{ mark: { start, end, id: `figure-${index}` }, target: { kind: "figure", figure } }];
  });
}

function citationMarks(text: string, citations: Citation[]): Found[] {
  if (citations.length === 0) return [];
  const byMark = new Map(citations.map((citation) => [citation.mark, citation]));
  const prose = text.replace(CODE, (code) => " ".repeat(code.length));
  return [...prose.matchAll(CITED)].flatMap((group) =>
    [...group[0].matchAll(/\d+/g)].flatMap((number): Found[] => {
      const citation = byMark.get(Number(number[0]));
      if (!citation) return [];
      const start = group.index + number.index;
      const mark = { start, end: start + number[0].length, id: `citation-${start}` };
      return [{ mark, target: { kind: "citation", citation } }];
    }),
  );
}
