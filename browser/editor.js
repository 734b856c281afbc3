import { sparql } from "codemirror-lang-sparql";
console.log(sparql);
