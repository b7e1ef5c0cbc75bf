import type { ReactNode } from "react";

import { Tip } from "@/components/ui/tip";
import type { GroundedFigure } from "./answer-marks";
import { figureSource } from "./figure-source";

/** A figure in a text. One without a source carries a sign and a word besides its colour. */
export function FigureMark({ figure, children }: { figure: GroundedFigure; children: ReactNode }) {
  const isUntraced = figure.origin.status === "untraced";
  return (
    <Tip
      text={<SourceText figure={figure} />}
      className={isUntraced ? "decoration-warn! decoration-wavy" : "decoration-quiet/35 hover:decoration-accent"}
    >
      {children}
      {isUntraced ? (
        <>
          <sup aria-hidden="true" className="ml-px font-semibold text-warn">
            ?
          </sup>
          <span className="sr-only"> (no source found)</span>
        </>
      ) : null}
    </Tip>
  );
}

function SourceText({ figure }: { figure: GroundedFigure }) {
  const { heading, lines } = figureSource(figure);
  return (
    <>
      <span className="block font-medium">{heading}</span>
      {lines.map((line) => (
        <span key={line} className="tabular block">
          {line}
        </span>
      ))}
    </>
  );
}
