/** A stretch of a Markdown source that is to be drawn in a way of its own. Offsets are those of the source's string. */
export interface TextMark {
  start: number;
  end: number;
  /** Names the mark to whoever draws it. */
  id: string;
}

/** As much of a syntax tree as is looked at here. */
export interface TreeNode {
  type: string;
  value?: string;
  tagName?: string;
  properties?: Record<string, unknown>;
  children?: TreeNode[];
  position?: { start: { offset?: number }; end: { offset?: number } };
}

/** The element that a marked stretch becomes; its `mark` property is the mark's id. */
export const MARK_TAG = "text-mark";

// What stands in a source but not in its text: escapes, indents of continued lines, marks of quotes and of code.
const SYNTAX = new Set(["\\", " ", "\t", "\r", "\n", ">", "`"]);

/**
 * A rehype plugin that wraps marked stretches of text, wherever emphasis, lists and tables have taken them.
 * Text whose characters cannot be found again in the source (entities) stays as it is.
 */
export function rehypeTextMarks(marks: TextMark[]) {
  return (tree: TreeNode, file: { value: unknown }) => {
    if (typeof file.value === "string") markChildren(tree, file.value, marks);
  };
}

function markChildren(parent: TreeNode, source: string, marks: TextMark[]): void {
  parent.children = parent.children?.flatMap((child) => {
    if (child.type === "text") return markText(child, source, marks);
    markChildren(child, source, marks);
    return [child];
  });
}

function markText(node: TreeNode, source: string, marks: TextMark[]): TreeNode[] {
  const { value = "", position } = node;
  const [from, to] = [position?.start.offset, position?.end.offset];
  if (from === undefined || to === undefined) return [node];
  const within = marks.filter(({ start, end }) => start < to && end > from);
  const places = within.length > 0 ? sourcePlaces(value, source, from, to) : null;
  return places ? split(value, places, within) : [node];
}

/** For each character of a text its place in the source; null where they do not correspond. */
function sourcePlaces(value: string, source: string, from: number, to: number): number[] | null {
  const places: number[] = [];
  let place = from;
  for (const unit of value.split("")) {
    while (place < to && source[place] !== unit && SYNTAX.has(source[place] ?? "")) place += 1;
    if (place >= to || source[place] !== unit) return null;
    places.push(place);
    place += 1;
  }
  return places;
}

function split(value: string, places: number[], marks: TextMark[]): TreeNode[] {
  const nodes: TreeNode[] = [];
  const markAt = (index: number) => marks.find(({ start, end }) => start <= places[index]! && places[index]! < end);
  for (let first = 0; first < value.length; ) {
    const mark = markAt(first);
    let end = first + 1;
    while (end < value.length && markAt(end) === mark) end += 1;
    const text: TreeNode = { type: "text", value: value.slice(first, end) };
    nodes.push(mark ? { type: "element", tagName: MARK_TAG, properties: { mark: mark.id }, children: [text] } : text);
    first = end;
  }
  return nodes;
}
