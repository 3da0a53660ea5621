// @ts-check
// Where the scripts of a page begin behind which a service keeps the answers: those of main.js, and what only such a page needs.
import "./keys.js";
import { home } from "./home.js";
import { served } from "./hosts/server.js";
import { keepOffline } from "./offline.js";
import { around } from "./page.js";

if (document.getElementById("wb-book")) served();
if (document.getElementById("wb-contents")) around(); else home();
keepOffline();
