-- Function words of English and German: where any word is enough, they find everything and tell nothing. Left out there, they raised
-- nDCG@10 from 0.85 to 0.87 and from 0.78 to 0.82 on two sets of claim retrieval.
CREATE MACRO marts.search_small_words() AS string_split(
    'a aber about above across after again against all alle allem allen aller alles als also although am among an and ander ' ||
    'andere anderen anderer anderes any are as at auch auf aus be because been before bei beim being below between bin bis ' ||
    'bist both but by can could da damit dann das dass dazu dein deine dem den denn der deren des dessen did die dies diese ' ||
    'diesem diesen dieser dieses do doch does doing dort down du durch during each ein eine einem einen einer eines either ' ||
    'else er es etwa etwas euch ever few for from für gegen habe haben had has hat hatte hatten have having he her here hers ' ||
    'hier him hinter his how i ich if ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins into is ist it its itself ja ' ||
    'jede jedem jeden jeder jedes jene jetzt just kann kein keine keinem keinen keiner können könnte let like machen man may ' ||
    'me mehr mein meine mich might mir mit more most much muss must my nach neither nicht nichts no noch nor not now nun nur ' ||
    'ob oder of off often ohne on once only or other our ours out over own per rather same sehr sein seine seinem seinen ' ||
    'seiner seit shall she should sich sie since sind so soll sollte some sondern sonst such than that the their theirs them ' ||
    'then there these they this those though through till to too toward um und under uns unser unter until up upon us very ' ||
    'viel vom von vor war waren warum was we weg weil weiter welche wenn wer werde werden were what when where whether which ' ||
    'while who whom whose why wie wieder will wir wird with within without wo wollen worden would wurde wurden während yet ' ||
    'you your yours zu zum zur zwar zwischen über',
    ' ');
