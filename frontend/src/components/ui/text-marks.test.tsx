// @vitest-environment happy-dom
import { render } from "@testing-library/react";
import { expect, it } from "vitest";

import { Markdown } from "./markdown";
import type { TextMark } from "./text-marks";

/** Each marked stretch as it is drawn, in the order of the page. */
function drawn(text: string, words: string[]): string[] {
  const marks = words.map((word, index): TextMark => {
    const start = text.indexOf(word);
    return { start, end: start + word.length, id: String(index) };
  });
  const { container } = render(
    <Markdown text={text} marks={marks} renderMark={(id, children) => <b data-mark={id}>{children}</b>} />,
  );
  return [...container.querySelectorAll("[data-mark]")].map((mark) => `${mark.getAttribute("data-mark")}:${mark.textContent}`);
}

it.each([
  ["prose", "A beta of 0.78, which is low.", ["0.78"], ["0:0.78"]],
  ["emphasis", "A beta of **0.78** is _low_.", ["0.78"], ["0:0.78"]],
  ["a list", "- one\n- It fell by 12 %.\n  And by 13 % after.", ["12 %", "13 %"], ["0:12\u00a0%", "1:13\u00a0%"]],
  ["a table", "| a | b |\n|---|---:|\n| x | 4.20 |", ["4.20"], ["0:4.20"]],
  ["a quote over two lines", "> first 1.5\n> second 2.5", ["1.5", "2.5"], ["0:1.5", "1:2.5"]],
  ["escapes before it", "It cost \\$1 and \\*then\\* 33 more.", ["33"], ["0:33"]],
  ["code", "The rate `r = 0.05` holds.", ["0.05"], ["0:0.05"]],
  ["characters of two code units", "\u{1F4C8} up 7 %, \u{1D6FD} 1.2", ["7 %", "1.2"], ["0:7\u00a0%", "1:1.2"]],
  ["two in a row", "from 10 to 20", ["10", "20"], ["0:10", "1:20"]],
  ["a stretch that emphasis cuts", "all **of** it", ["all **of** it"], ["0:all ", "0:of", "0: it"]],
])("marks a figure in %s", (_, text, words, expected) => {
  expect(drawn(text, words)).toEqual(expected);
});

it("keeps a marked figure beside the sign that follows the mark", () => {
  const marks = [{ start: 0, end: 4, id: "0" }];
  const { container } = render(<Markdown text="11.8 % of it" marks={marks} renderMark={(_, children) => <b>{children}</b>} />);
  expect(container.textContent).toBe("11.8\u00a0% of it");
});

it("leaves text alone whose characters cannot be found again", () => {
  expect(drawn("5 &lt; 6 and 42", ["42"])).toEqual([]);
});

it("lets no element of the text pass for a mark", () => {
  expect(drawn('<text-mark mark="0">9</text-mark> and 42', ["42"])).toEqual(["0:42"]);
});
