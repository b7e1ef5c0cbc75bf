// @vitest-environment happy-dom
import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { Markdown } from "./markdown";

const html = (text: string, streaming = false) => render(<Markdown text={text} streaming={streaming} />).container.innerHTML;

describe("Markdown", () => {
  it("renders tables with headers and alignment", () => {
    render(<Markdown text={"| Measure | Value |\n|---|---:|\n| Beta | 0.79 |"} />);
    expect(screen.getByRole("columnheader", { name: "Measure" })).toBeDefined();
    expect(screen.getByRole("cell", { name: "0.79" }).style.textAlign).toBe("right");
  });

  it("shows a table and emphasis that are still being written as what they will become", () => {
    expect(html("| a | b |\n|---|---|\n| 1 ", true)).toContain("<table");
    expect(html("This is **impor", true)).not.toContain("**");
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src="https://evil.example/p.png" onerror="alert(1)">',
    '<iframe src="https://evil.example"></iframe>',
    '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
    '<style>body{display:none}</style>',
    '<form action="https://evil.example"><input></form>',
  ])("makes no markup of %s", (text) => {
    for (const streaming of [false, true]) {
      expect(html(`before ${text} after\n\n${text}`, streaming)).not.toMatch(/<(script|img|iframe|style|form|input|a)\b/);
    }
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "JaVaScRiPt:alert(1)"])(
    "gives no link to %s",
    (address) => {
      expect(html(`[click](${address})`)).not.toMatch(/href="[^"]*(script|data|file):/i);
    },
  );

  it("never fetches an image", () => {
    const rendered = html("![a chart](https://evil.example/p.png?leak=1)\n\n![](/local.png)");
    expect(rendered).not.toContain("<img");
    expect(rendered).toContain("[Image: a chart]");
  });

  it("opens other sites in a window that knows nothing of this one, and this app's pages in place", () => {
    render(<Markdown text={"[out](https://example.com/a) [in](/portfolios)"} />);
    const out = screen.getByRole("link", { name: "out" });
    expect(out.getAttribute("rel")).toContain("noopener");
    expect(out.getAttribute("target")).toBe("_blank");
    expect(screen.getByRole("link", { name: "in" }).hasAttribute("target")).toBe(false);
  });

  it("treats an address without a scheme that leads elsewhere as another site", () => {
    render(<Markdown text={"[out](//example.com/a)"} />);
    expect(screen.getByText("out").getAttribute("rel")).toContain("noopener");
  });
});
