"use client";

import { useCallback, useMemo } from "react";

import { Markdown, type RenderMark } from "@/components/ui/markdown";
import { answerMarks, type Citation, type Provenance } from "./answer-marks";
import { CitationMark } from "./citation-mark";
import { FigureMark } from "./figure-mark";

interface AnswerTextProps {
  text: string;
  /** Where this text begins in the one that the figures' places count from. */
  offset?: number;
  streaming?: boolean;
  provenance: Provenance;
  onOpenCitation?: (citation: Citation) => void;
  dense?: boolean;
}

/** Text whose figures show their source, and whose marks open the passage that they name. */
export function AnswerText({ text, offset = 0, streaming = false, provenance, onOpenCitation, dense }: AnswerTextProps) {
  const { marks, targets } = useMemo(() => answerMarks(text, offset, provenance), [text, offset, provenance]);
  const renderMark = useCallback<RenderMark>(
    (id, children) => {
      const target = targets.get(id);
      if (target?.kind === "figure") return <FigureMark figure={target.figure}>{children}</FigureMark>;
      if (target?.kind !== "citation" || !onOpenCitation) return children;
      return <CitationMark citation={target.citation} onOpen={onOpenCitation} />;
    },
    [targets, onOpenCitation],
  );
  return <Markdown text={text} streaming={streaming} marks={marks} renderMark={renderMark} dense={dense} />;
}
