import clsx from "clsx";
import type { ComponentProps } from "react";

export type Variant = "primary" | "secondary" | "ghost";

const VARIANTS: Record<Variant, string> = {
  primary: "bg-accent text-on-accent hover:opacity-90",
  secondary: "border border-control bg-surface hover:bg-raised",
  ghost: "hover:bg-raised",
};

interface ButtonProps extends ComponentProps<"button"> {
  variant?: Variant;
  /** A square button that holds only an icon: give it an `aria-label`. */
  icon?: boolean;
}

export function Button({ variant = "secondary", icon = false, className, type = "button", ...props }: ButtonProps) {
  return <button type={type} className={buttonClass(variant, icon, className)} {...props} />;
}

export function buttonClass(variant: Variant, icon: boolean, className: string | undefined): string {
  return clsx(
    "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md text-sm font-medium whitespace-nowrap",
    "disabled:opacity-50 aria-disabled:opacity-50",
    icon ? "w-8" : "px-3",
    VARIANTS[variant],
    className,
  );
}
