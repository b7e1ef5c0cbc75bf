"use client";

import clsx from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

import { Notice } from "@/components/ui/notice";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { useMe } from "@/features/auth/api/session";

const SECTIONS = [
  { href: "/administration/knowledge", label: "Knowledge" },
  { href: "/administration/learning", label: "Learning" },
  { href: "/administration/routing", label: "Routing" },
  { href: "/administration/usage", label: "Usage" },
] as const;

/** What every page of administration stands in. The server refuses whoever is no administrator; this only says so. */
export function AdministrationFrame({ children }: { children: ReactNode }) {
  const me = useMe();
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 sm:p-6">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h1 className="text-xl font-semibold tracking-tight">Administration</h1>
        <SectionNav />
      </div>
      {me.isPending ? <LoadingBlock label="Loading" className="h-64" /> : null}
      {me.error ? <QueryNotice what="Your account" error={me.error} onRetry={() => void me.refetch()} /> : null}
      {me.data && me.data.role !== "admin" ? <Notice tone="warning">These pages are for administrators of your organisation.</Notice> : null}
      {me.data?.role === "admin" ? children : null}
    </div>
  );
}

function SectionNav() {
  const pathname = usePathname();
  return (
    <nav aria-label="Administration" className="flex gap-1">
      {SECTIONS.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          aria-current={pathname === href ? "page" : undefined}
          className={clsx(
            "rounded-md px-2.5 py-1.5 text-sm font-medium",
            pathname === href ? "bg-accent-soft text-accent" : "text-quiet hover:bg-raised hover:text-text",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
