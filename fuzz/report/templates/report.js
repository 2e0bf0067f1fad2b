"use strict";
(() => {
  const said = document.getElementById("said");
  const failures = [...document.querySelectorAll("article.failure")];
  let shown = -1;

  const say = (text) => {
    said.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { said.textContent = ""; }, 2000);
  };

  const copyWithoutClipboard = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  };

  const copy = async (button) => {
    const text = button.dataset.copy;
    let copied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copied = copyWithoutClipboard(text);
    }
    button.focus();
    button.classList.toggle("done", copied);
    say(copied ? "Copied." : "The browser did not let this page copy; select the text instead.");
  };

  const foldAll = (open) => {
    for (const each of document.querySelectorAll("details")) each.open = open;
  };

  const unfoldTo = (element) => {
    for (let each = element; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") each.open = true;
    }
  };

  const go = (by) => {
    let next = shown + by;
    while (failures[next]?.hidden) next += by;
    if (!failures[next]) return;
    shown = next;
    unfoldTo(failures[shown]);
    failures[shown].scrollIntoView({ block: "start" });
    failures[shown].focus({ preventScroll: true });
  };

  const form = document.querySelector(".filter");
  const filter = () => {
    const words = form.querySelector("input").value.toLowerCase().split(/\s+/);
    const kind = form.querySelector("select")?.value ?? "";
    const isWanted = (article) => (!kind || article.dataset.kinds.split(" ").includes(kind))
      && words.every((word) => article.textContent.toLowerCase().includes(word));
    for (const article of failures) {
      article.hidden = !isWanted(article);
      const link = document.querySelector(`.index a[href="#${article.id}"]`);
      if (link) link.parentElement.hidden = article.hidden;
      if (!article.hidden && (kind || words.join(""))) unfoldTo(article);
    }
    const left = failures.filter((article) => !article.hidden).length;
    form.querySelector("output").textContent = left < failures.length ? `${left} of ${failures.length}` : "";
  };
  form?.addEventListener("input", filter);
  form?.addEventListener("submit", (event) => event.preventDefault());

  const unfoldTarget = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    unfoldTo(target);
    shown = Math.max(shown, failures.indexOf(target));
    target.scrollIntoView();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.copy !== undefined) copy(button);
    if (button.dataset.fold) foldAll(button.dataset.fold === "open");
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
    if (event.key === "j") go(1);
    if (event.key === "k") go(-1);
  });
  window.addEventListener("hashchange", unfoldTarget);

  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const each of folded) each.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });

  unfoldTarget();
})();
