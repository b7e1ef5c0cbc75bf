"use client";

import clsx from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";

const SECTIONS = [
  { href: "/portfolios", label: "Portfolios" },
  { href: "/analyst", label: "Analyst" },
] as const;

export function MainNav() {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="flex gap-1">
      {SECTIONS.map(({ href, label }) => {
        const isCurrent = pathname.startsWith(href);
        return (
          <Link
            key={href}
            href={href}
            aria-current={isCurrent ? "page" : undefined}
            className={clsx(
              "rounded-md px-2.5 py-1.5 text-sm font-medium",
              isCurrent ? "bg-accent-soft text-accent" : "text-quiet hover:bg-raised hover:text-text",
            )}
          >
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
