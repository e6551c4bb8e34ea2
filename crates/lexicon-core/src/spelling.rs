//! Tables of spelling: old kanji with their modern form, variants in names, a few words written several ways.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Old form, modern form, old form, modern form ... (the list of common-use kanji, and variants in names).
const KANJI: &str = "亞亜惡悪壓圧圍囲醫医爲為壹壱隱隠榮栄營営衞衛驛駅圓円鹽塩緣縁艷艶應応歐欧毆殴櫻桜奧奥橫横\
溫温穩穏假仮價価畫画會会繪絵壞壊懷懐擴拡殼殻覺覚學学嶽岳樂楽渴渇罐缶卷巻陷陥勸勧寬寛關関歡歓觀観氣気歸帰龜亀\
僞偽戲戯犧犠舊旧據拠擧挙虛虚峽峡挾挟狹狭鄕郷曉暁區区驅駆勳勲薰薫徑径莖茎惠恵揭掲溪渓經経繼継輕軽鷄鶏藝芸擊撃\
缺欠儉倹劍剣圈圏檢検權権獻献硏研縣県險険顯顕驗験嚴厳廣広效効恆恒黃黄鑛鉱號号國国黑黒濟済碎砕齋斎劑剤雜雑參参\
慘惨棧桟蠶蚕贊賛殘残絲糸齒歯兒児辭辞濕湿實実舍舎寫写釋釈壽寿收収從従澁渋獸獣縱縦肅粛處処緖緒敍叙奬奨將将燒焼\
稱称證証乘乗剩剰壤壌孃嬢條条淨浄狀状疊畳穰穣讓譲釀醸囑嘱觸触寢寝愼慎晉晋眞真盡尽圖図粹粋醉酔隨随髓髄數数樞枢\
瀨瀬聲声靜静齊斉攝摂竊窃專専戰戦淺浅潛潜纖繊踐践錢銭禪禅雙双壯壮搜捜插挿爭争總総聰聡莊荘裝装騷騒增増臟臓藏蔵\
屬属續続墮堕體体對対帶帯滯滞臺台瀧滝擇択澤沢單単擔担膽胆團団彈弾斷断遲遅晝昼蟲虫鑄鋳廳庁徵徴聽聴敕勅鎭鎮遞逓\
鐵鉄轉転點点傳伝黨党盜盗燈灯當当鬪闘德徳獨独讀読屆届繩縄貳弐惱悩腦脳霸覇廢廃拜拝賣売麥麦發発髮髪拔抜蠻蛮祕秘\
濱浜甁瓶拂払佛仏竝並變変邊辺邉辺辨弁瓣弁辯弁寶宝豐豊襃褒沒没飜翻萬万滿満默黙彌弥譯訳藥薬與与豫予餘余譽誉搖揺\
樣様謠謡遙遥來来賴頼亂乱覽覧兩両獵猟壘塁勵励禮礼隸隷靈霊齡齢戀恋爐炉勞労樓楼郞郎祿禄錄録灣湾髙高﨑崎濵浜嶋島\
嶌島冨富峯峰舘館桒桑𠮷吉栁柳穗穂渕淵";

static MODERN: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let mut characters = KANJI.chars();
    let mut table = HashMap::new();
    while let (Some(old), Some(modern)) = (characters.next(), characters.next()) {
        table.insert(old, modern);
    }
    table
});

/// Words of public life that are written several ways; each on the left becomes the one on the right.
const VARIANTS: &[(&str, &str)] = &[
    ("障がい", "障害"),
    ("障碍", "障害"),
    ("子ども", "子供"),
    ("こども", "子供"),
    ("ゴミ", "ごみ"),
    ("ｺﾞﾐ", "ごみ"),
    ("塵芥", "ごみ"),
    ("一人ひとり", "一人一人"),
    ("ひとり親", "一人親"),
    ("ひとり暮らし", "一人暮らし"),
    ("独り暮らし", "一人暮らし"),
    ("ケ月", "か月"),
    ("ヶ月", "か月"),
    ("カ月", "か月"),
    ("ヵ月", "か月"),
    ("箇月", "か月"),
    ("ヶ所", "か所"),
    ("ケ所", "か所"),
    ("カ所", "か所"),
    ("箇所", "か所"),
];

/// The modern form of an old kanji; any other character as it is.
pub(crate) fn modern_kanji(character: char) -> char {
    if character < '\u{4e00}' { character } else { *MODERN.get(&character).unwrap_or(&character) }
}

/// The variant that the text begins with, and what it becomes.
pub(crate) fn spelling_variant(text: &str, first: char) -> Option<(&'static str, &'static str)> {
    if first.is_ascii() {
        return None;
    }
    VARIANTS.iter().find(|(from, _)| text.starts_with(from)).copied()
}

/// Kana only: hiragana becomes katakana, a long vowel at the end of a long word goes (サーバー, サーバ).
/// Several kanji with kana between or behind: the kana go (申し込み, 申込み, 申し込む → 申込).
pub(crate) fn even_spelling(word: &str) -> String {
    let kanji = word.chars().filter(|character| is_kanji(*character)).count();
    if kanji >= 2 && word.chars().all(|character| is_kanji(character) || is_hiragana(character)) {
        return word.chars().filter(|character| is_kanji(*character)).collect();
    }
    if !word.chars().all(is_kana) {
        return word.to_owned();
    }
    let katakana: String = word.chars().map(to_katakana).collect();
    match katakana.strip_suffix('ー') {
        Some(stem) if stem.chars().count() >= 3 => stem.to_owned(),
        _ => katakana,
    }
}

/// Kanji of the main and extended blocks, and the mark of repetition.
pub(crate) fn is_kanji(character: char) -> bool {
    matches!(character, '々' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_hiragana(character: char) -> bool {
    matches!(character, 'ぁ'..='ゖ' | 'ゝ' | 'ゞ')
}

fn is_kana(character: char) -> bool {
    is_hiragana(character) || matches!(character, 'ァ'..='ヺ' | 'ー' | 'ヽ' | 'ヾ')
}

fn to_katakana(character: char) -> char {
    match character {
        'ぁ'..='ゖ' => char::from_u32(u32::from(character) + 0x60).unwrap_or(character),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_kanji_is_in_pairs_and_never_leads_to_an_old_form() {
        assert_eq!(KANJI.chars().count() % 2, 0);
        assert_eq!(MODERN.len(), KANJI.chars().count() / 2, "an old form is listed twice");
        let characters: Vec<char> = KANJI.chars().collect();
        for [old, modern] in characters.as_chunks::<2>().0 {
            assert_ne!(old, modern);
            assert!(!MODERN.contains_key(modern), "{old} leads to {modern}, itself an old form");
        }
    }

    #[test]
    fn words_with_and_without_their_kana_meet() {
        for word in ["申し込み", "申込み", "申込", "申し込む"] {
            assert_eq!(even_spelling(word), "申込");
        }
        assert_eq!(even_spelling("ごみ"), "ゴミ");
        assert_eq!(even_spelling("サーバー"), even_spelling("サーバ"));
        assert_eq!(even_spelling("コピー"), "コピー");
        assert_eq!(even_spelling("捨てる"), "捨てる");
    }
}
